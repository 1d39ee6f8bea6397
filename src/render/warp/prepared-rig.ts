/** A rig made ready for one format of picture: framed, textures scaled and premultiplied. */

import type { PictureFormat } from '../../contract/formats.ts';
import type { InPieces } from '../../in-pieces.ts';
import { DrawnParts } from './drawn/drawn-parts.ts';
import type { EyeLayers } from './eyes/eye-look.ts';
import { prepareEye } from './eyes/eyes.ts';
import { FoldShade } from './folds/fold-shade.ts';
import { type Blend, blendByKernels } from './head/blendshapes.ts';
import { type Framing, frameHead } from './head/framing.ts';
import { HeadMesh } from './head/head-mesh.ts';
import type { MouthAtlas } from './mouth/mouth-atlas.ts';
import { type MouthLayers, prepareMouth } from './mouth/mouth-layers.ts';
import { CpuPixelPass } from './pixels/cpu-pixel-pass.ts';
import { type PersonTexture, personTexture } from './pixels/person-texture.ts';
import type { PixelPass } from './pixels/pixel-pass.ts';
import { SourceMap } from './pixels/rasterise-map.ts';
import type { Rig } from './rig.ts';
import { Sway } from './sway/sway.ts';

export interface PreparedRig {
  readonly rig: Rig;
  readonly framing: Framing;
  readonly blend: Blend;
  readonly mesh: HeadMesh;
  readonly map: SourceMap;
  readonly folds: FoldShade;
  readonly mouth: MouthLayers;
  readonly eyes: Readonly<Record<'left' | 'right', EyeLayers>>;
  /** Of drawings, instead of these two. */
  readonly drawn?: DrawnParts;
  readonly sway?: Sway;
  readonly pixels: PixelPass;
  /** For scenes. */
  readonly person: PersonTexture;
}

/** What all avatars of a renderer are drawn with. */
export interface DrawingParts {
  readonly atlas: MouthAtlas;
  /** How pictures are drawn, where not the processor does it; undefined for those that it has to draw. */
  readonly pixelPass?: (framing: Framing, person: PersonTexture, map: SourceMap) => PixelPass | undefined;
}

export function* prepareRig(
  rig: Rig,
  format: PictureFormat,
  { atlas, pixelPass }: DrawingParts,
): InPieces<PreparedRig> {
  const framing = frameHead(rig, format);
  const { pixelsPerView } = framing;
  const person = yield* personTexture(rig, framing);
  yield;
  const map = new SourceMap(framing, person);
  const pixels = pixelPass?.(framing, person, map) ?? new CpuPixelPass(person, map);
  yield;
  const blend = blendByKernels(rig, map.kernels);
  const mesh = new HeadMesh(rig, framing);
  const drawn = rig.drawing && new DrawnParts(rig, rig.drawing, map, blend);
  const sway = rig.freeParts && new Sway(rig, rig.freeParts);
  yield;
  const folds = new FoldShade(rig, framing);
  yield;
  const mouth = prepareMouth(rig, atlas, pixelsPerView);
  yield;
  const left = prepareEye(rig, 'left', pixelsPerView);
  yield;
  const right = prepareEye(rig, 'right', pixelsPerView);
  return { rig, framing, blend, mesh, map, drawn, sway, pixels, folds, mouth, eyes: { left, right }, person };
}
