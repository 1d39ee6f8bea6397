/**
 * Whether lips are seen where the face mesh has them. It has some under a mask and behind a hand as well, and what was
 * not found must not be cut open.
 */
import { position } from '../../../../face/landmarks.ts';
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  LOWER_LIP_RINGS,
  UPPER_LIP_RINGS,
} from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import { sampleColour } from '../../../../image/sample.ts';
import { seamOfTouchingLips } from './closed-lips.ts';
import { coveredMouth } from './covered-mouth.ts';

/**
 * The seam of lips is darker than what is beside it by so many levels, in half of some columns: of its middle ones where
 * lips don't stand out; of each half where these are so unlike that something hides one, fingers for instance.
 */
const LEAST_SEAM = 2;
const MIDDLE_OF_SEAM = [[3, 8]] as const;
const HALVES_OF_SEAM = [
  [1, 5],
  [6, 10],
] as const;
const HALF_COVERED = 0.3;
/**
 * A median filter takes thin seams out of small pictures, and leaves the shade of the upper lip: darker than what lies so far
 * above and below (lips' widths), by so many levels in each of the middle columns. Between fingers it is dark here and there.
 */
const SHADE_BESIDE = 0.08;
const LEAST_SHADE = 5;
/** The bridge of the nose, and below the eyes: no mask gets there, and no hair to all of them. */
const ABOVE_MASKS = [
  [6, 168, 197, 8, 9],
  [359, 446, 255, 339, 261],
  [130, 226, 25, 110, 31],
];
const MIDDLE_COLUMNS = [2, 3, 4, 5, 6];
const AROUND = [...ABOVE_UPPER_LIP, ...BELOW_LOWER_LIP];
/** Cloth: so much of what is around the lips has another colour (levels) or light than the skin of all these places. */
const LEAST_CLOTH = 0.8;
const OTHER_COLOUR = 14;
const OTHER_LIGHT = [0.35, 1.6] as const;
/** Lips stand out, in a beard too, by more than this in colour (levels) or in the logarithm of light. */
const SAME_COLOUR = 6;
const SAME_LIGHT = 0.15;

/**
 * `landmarks`: `[478·3]` in view fractions, as the mesh has them; `drawn`: whether the picture may be a drawing, whose
 * mouth may be less than a line.
 */
export function areLipsSeen(view: ColourPlanes, landmarks: Float32Array, drawn: boolean): boolean {
  if (standOut(view, landmarks)) {
    return coveredMouth(view, landmarks) < HALF_COVERED || hasSeam(view, landmarks, HALVES_OF_SEAM);
  }
  return (
    !isCloth(view, landmarks) &&
    (drawn || hasSeam(view, landmarks, MIDDLE_OF_SEAM) || hasShade(view, landmarks))
  );
}

/** Whether lips, if they touch, have a seam in each of these parts, from column to column. */
function hasSeam(
  view: ColourPlanes,
  landmarks: Float32Array,
  parts: readonly (readonly [number, number])[],
): boolean {
  const seam = seamOfTouchingLips(view, landmarks);
  return !seam || parts.every((part) => median(seam.darkness.slice(...part)) >= LEAST_SEAM);
}

function hasShade(view: ColourPlanes, landmarks: Float32Array): boolean {
  const shade = seamOfTouchingLips(view, landmarks, SHADE_BESIDE);
  return !!shade && shade.darkness.slice(...MIDDLE_OF_SEAM[0]).every((levels) => levels >= LEAST_SHADE);
}

/** Whether lips differ from what is around them. */
function standOut(view: ColourPlanes, landmarks: Float32Array): boolean {
  const lips = [UPPER_LIP_RINGS, LOWER_LIP_RINGS].flatMap((rings) => MIDDLE_COLUMNS.map((i) => rings[1][i]));
  const lip = middleOf(coloursAt(view, landmarks, lips));
  const beside = middleOf(coloursAt(view, landmarks, AROUND));
  const light = Math.log(Math.max(4, lip[0] - 16) / Math.max(4, beside[0] - 16));
  return Math.hypot(lip[1] - beside[1], lip[2] - beside[2]) > SAME_COLOUR || Math.abs(light) > SAME_LIGHT;
}

/** Whether a mask, or whatever has another colour or light than a face's skin, is around the lips. */
export function isCloth(view: ColourPlanes, landmarks: Float32Array): boolean {
  const skins = ABOVE_MASKS.map((points) => middleOf(coloursAt(view, landmarks, points)));
  const around = coloursAt(view, landmarks, AROUND);
  const cloth = around.filter(([luma, u, v]) =>
    skins.every((skin) => {
      const relative = (luma - 16) / Math.max(1, skin[0] - 16);
      const tint = Math.min(1, relative);
      const off = Math.hypot(u - 128 - tint * (skin[1] - 128), v - 128 - tint * (skin[2] - 128));
      return off > OTHER_COLOUR || relative < OTHER_LIGHT[0] || relative > OTHER_LIGHT[1];
    }),
  );
  return cloth.length >= LEAST_CLOTH * around.length;
}

function coloursAt(view: ColourPlanes, landmarks: Float32Array, points: readonly number[]): Yuv[] {
  return points.map((i) => sampleColour(view, ...position(landmarks, i)));
}

function middleOf(colours: readonly Yuv[]): Yuv {
  const channel = (c: 0 | 1 | 2) => median(colours.map((colour) => colour[c]));
  return [channel(0), channel(1), channel(2)];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
