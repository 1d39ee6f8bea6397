/** The built-in renderer: the portrait itself, warped by a face mesh, with eyes and a mouth behind its openings. */
import type { RendererKind } from '../renderer.ts';
import { WarpAnalyser } from './analyse/analyse-portrait.ts';
import { packDrawingKit } from './drawing-kit.ts';
import { landmarksAt } from './head/landmarks.ts';
import { readAtlasPicture } from './mouth/read-mouth-atlas.ts';
import { ANALYSIS_FILES, isWholeRig, RENDERER_NAME, RIG_VERSION, type Rig } from './rig.ts';
import { WarpRenderer } from './warp-renderer.ts';

export const WARP: RendererKind = Object.freeze<RendererKind>({
  name: RENDERER_NAME,
  rigVersion: RIG_VERSION,
  analysisFiles: ANALYSIS_FILES,
  openAnalyser: (pack) => WarpAnalyser.open(pack),
  openRenderer: (pack, loader) => WarpRenderer.open(pack, loader),
  drawingKit: async (rig, pack) => packDrawingKit(rig as Rig, await readAtlasPicture(pack.files.mouthAtlas)),
  isWhole: (rig) => isWholeRig(rig as Rig),
  landmarksAt: (rig, motion) => landmarksAt(rig as Rig, motion),
});
