/**
 * The rig: everything the renderer needs of one portrait, made once by `analyse/`, kept on disk, sent to where it is drawn.
 * Plain data only. Positions are fractions of the square view: x right, y down, z towards the viewer.
 */
import { Packr } from 'msgpackr';
import { BLENDSHAPES } from '../../contract/motion-frame.ts';
import { type PortraitQuality, qualitySchema } from '../../contract/portrait-quality.ts';
import { VultusError } from '../../errors.ts';
import { LANDMARK_COUNT } from '../../face/topology.ts';
import type { OwnTeeth } from './analyse/mouth/own-teeth.ts';

/** Raised whenever the meaning or content of a rig changes: cached rigs of other versions are rebuilt. */
export const RIG_VERSION = 39;

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
  /** All interleaved YUV `[patchSize·patchSize·3]`. The eyeball without iris and lids, the whole iris without lids. */
  sclera: Uint8Array;
  iris: Uint8Array;
  /** The eyeball as lids, lashes and corners shade it. */
  shadedSclera: Uint8Array;
  /** Skin instead of the eye. */
  lidSkin: Uint8Array;
  /** YUV of the lash line. */
  lash: [number, number, number];
  /** How high above the lid's edge that colour reaches, in eye widths, left to right; not for drawings. */
  lashBand?: number[];
}

export interface Rig {
  version: number;
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
  /** View fractions per canonical centimetre. */
  scale: number;

  eyes: Record<'left' | 'right', EyeRig>;
  /** Light on the mouth interior against the atlas: factors on luma and chroma, offsets on chroma. */
  mouthLight: { gain: number; saturation: number; u: number; v: number };
  /** How much of their red the lips turn inwards, 0..1. */
  hiddenLips: number;
  /** Present where the portrait shows them. */
  ownTeeth?: OwnTeeth;
  /** What will limit the result, in words and numbers. */
  quality: PortraitQuality;
}

/** Plain MessagePack would turn typed arrays into lists of bytes. */
const packr = new Packr({ moreTypes: true, useRecords: false });

/** Bytes that `parseRig` reads back. */
export function serializeRig(rig: Rig): Uint8Array {
  return packr.pack(rig);
}

/**
 * @throws VultusError `internal` when the bytes are no rig of this version (a damaged or outdated cache file)
 */
export function parseRig(bytes: Uint8Array): Rig {
  let rig: Rig;
  try {
    rig = packr.unpack(bytes) as Rig;
  } catch (cause) {
    throw new VultusError('internal', 'the stored rig is damaged', { cause });
  }
  const fits =
    rig?.version === RIG_VERSION &&
    rig.matte?.length === rig.size ** 2 &&
    rig.person?.y?.length === rig.size ** 2 &&
    rig.background?.y?.length === rig.size ** 2 &&
    rig.rest?.length === LANDMARK_COUNT * 3 &&
    rig.portrait?.length === LANDMARK_COUNT * 3 &&
    rig.deltas?.length === BLENDSHAPES.length * LANDMARK_COUNT * 3 &&
    qualitySchema.safeParse(rig.quality).success;
  if (!fits) throw new VultusError('internal', 'the stored rig is damaged or of another version');
  return rig;
}
