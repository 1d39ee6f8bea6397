/**
 * The rig: everything the renderer needs of one portrait, made once by `analyse/`, kept on disk, sent to engines.
 * Plain data only. Positions are fractions of the square view: x right, y down, z towards the viewer.
 */
import { BLENDSHAPES } from '../../contract/motion-frame.ts';
import { LANDMARK_COUNT, SKIN_POINTS } from '../../face/topology.ts';
import type { Yuv } from '../../image/colour.ts';
import type { PackFileName } from '../../model/pack.ts';
import type { Rig as AnyRig } from '../renderer.ts';
import type { OwnTeeth } from './analyse/mouth/own-teeth.ts';
import type { HeadBox } from './analyse/person/head-box.ts';
import type { Drawing } from './drawn/drawing.ts';
import type { FoldMaps } from './folds/folds.ts';
import { OUTER_VERTEX_COUNT } from './head/mesh-topology.ts';
import type { FreeParts } from './sway/free-parts.ts';

export const RENDERER_NAME = 'warp';
/** Raised whenever the meaning or content of a rig changes: stored rigs of other versions are made again. */
export const RIG_VERSION = 87;
/** What of a pack a rig depends on. */
export const ANALYSIS_FILES: readonly PackFileName[] = [
  'faceBasis',
  'matte',
  'faceDetector',
  'faceMesh',
  'iris',
  'drawnDetector',
  'drawnPoints',
  'drawnEnlarge',
];

/** A texture in planar YUV (BT.601, limited range), chroma at half size. */
export interface YuvPlanes {
  /** `Uint8Array [size·size]` */
  y: Uint8Array;
  /** `Uint8Array [size/2·size/2]` */
  u: Uint8Array;
  v: Uint8Array;
}

/** One eye: what lies under the lids. */
export interface EyeRig {
  /** False where the mesh has it on the cheek: it is left as the portrait shows it. */
  found: boolean;
  /** Iris centre in the portrait [x, y], and its radius. */
  irisCentre: [number, number];
  irisRadius: number;
  /** Radius of the eyeball; the iris moves on it. */
  eyeballRadius: number;
  /** Depth of the eye's surface. */
  depth: number;
  /** Square patch of the picture around the eye, `patchSize` texels wide. */
  patchOrigin: [number, number];
  patchExtent: number;
  patchSize: number;
  /**
   * All interleaved YUV `[patchSize·patchSize·3]`. The eyeball without iris and lids, the whole iris without lids and
   * catchlights.
   */
  sclera: Uint8Array;
  iris: Uint8Array;
  /** YUV and coverage `[patchSize·patchSize·4]`: what of the light shows in the eye. */
  catchlight: Uint8Array;
  /** Of the upper lid on the iris: see iris-shade.ts. */
  irisShade: number[];
  /** The eyeball as lids, lashes and corners shade it. */
  shadedSclera: Uint8Array;
  /** Skin instead of the eye. */
  lidSkin: Uint8Array;
  /** YUV of the lash line. */
  lash: [number, number, number];
  /** How high above the lid's edge that colour reaches, in eye widths, left to right; not for drawings. */
  lashBand?: number[];
}

export interface RigLimits {
  /** Likelihood of glasses: frames are stiff. */
  glasses: number;
  /** Whether the portrait shows the lips: others stay shut. */
  lipsSeen: boolean;
  /** Of the portrait, 0 none .. 1 broad. */
  smile: number;
  /** Width of the head where the upper edge cuts it off, in face widths. */
  headCutOff: number;
  /** Share of the variation around eyes and mouth that lies in its finest detail. */
  detail: number;
}

export interface Rig extends AnyRig {
  /** Pixels of the longer stored side: the planes are square. */
  size: number;
  /** Whether it is a drawing: flat skin, bold lines. */
  drawn: boolean;
  /** The person as cut out of the portrait; colours beyond the matte are estimates. */
  person: YuvPlanes;
  /** How much of each pixel is the person, `Uint8Array [size·size]`. */
  matte: Uint8Array;
  /** The picture without the person. */
  background: YuvPlanes;

  /** The portrait's own landmarks, `Float32Array [478·3]`. */
  portrait: Float32Array;
  /** Landmarks with the portrait's own expression taken off, `Float32Array [478·3]`. */
  rest: Float32Array;
  /** What each ARKit blendshape adds to `rest`, `Float32Array [52·478·3]`. */
  deltas: Float32Array;
  /** Columns right, up, out of the head in the portrait, `Float32Array [9]`, row-major rotation matrix. */
  axes: Float32Array;
  /** Head joint, about which it turns [x, y, z]. */
  pivot: [number, number, number];
  /** Forehead to chin. */
  faceHeight: number;
  head: HeadBox;
  /** View fractions per canonical centimetre. */
  scale: number;

  /** Where in the portrait each point of the skin is taken from, `Float32Array [468·2]`: see lip-rims.ts. */
  skinSource: Float32Array;
  /** Change of the depth of each vertex of the head mesh that keeps turns free of folds, `Float32Array [828]`. */
  depthShift: Float32Array;
  /** How surely the throat's skin is seen, 0..1; not of drawings. */
  bareThroat: number;
  /** How surely the left and the right side of the view cut the person off, 0..1. */
  cutBySides: [left: number, right: number];

  eyes: Record<'left' | 'right', EyeRig>;
  /** Mean colour of the lips, YUV. */
  lips: [number, number, number];
  /** Light on the mouth interior: what front teeth look like in it, YUV; 0 without colours .. 1. */
  mouthLight: { teeth: Yuv; saturation: number };
  /** How its folds deepen; not for drawings and covered mouths. */
  folds?: FoldMaps;
  /** How much of their red the lips turn inwards, 0..1. */
  hiddenLips: number;
  /** Present where the portrait shows them. */
  ownTeeth?: OwnTeeth;
  /** Of drawings: see drawing.ts. */
  drawing?: Drawing;
  /** Of drawings: what hangs free of the head. */
  freeParts?: FreeParts;
  /** What limits how it may move, from the portrait's measures. */
  limits: RigLimits;
}

/** Whether a rig of this version has all its parts. */
export function isWholeRig(rig: Rig): boolean {
  return (
    rig.matte?.length === rig.size ** 2 &&
    rig.person?.y?.length === rig.size ** 2 &&
    rig.background?.y?.length === rig.size ** 2 &&
    rig.rest?.length === LANDMARK_COUNT * 3 &&
    rig.portrait?.length === LANDMARK_COUNT * 3 &&
    rig.deltas?.length === BLENDSHAPES.length * LANDMARK_COUNT * 3 &&
    rig.skinSource?.length === SKIN_POINTS * 2 &&
    rig.depthShift?.length === OUTER_VERTEX_COUNT &&
    rig.cutBySides?.length === 2 &&
    rig.lips?.length === 3 &&
    rig.bareThroat !== undefined &&
    rig.limits !== undefined
  );
}
