/**
 * The light on a face, told by its own skin: how its luma changes with where it looks (spherical harmonics of order 1), as
 * models/training/shade/light.py tells it.
 * Beards, blushes and what covers a face are outliers; where the skin says too little there is no light.
 */
import { position } from '../../../../face/landmarks.ts';
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  EYES,
  FACE_OVAL,
  LIP_POINTS,
  SIDES,
  SKIN_POINTS,
} from '../../../../face/topology.ts';
import { boxBlur, type ColourPlanes, clamp, smoothstep } from '../../../../image/planes.ts';
import { nearestPixel } from '../../../../image/sample.ts';
import type { FaceBasis } from '../face-basis.ts';
import { skinAreas } from './skin-areas.ts';

/** Change of luma, in shares of the skin's own, per step of the normal to the face's right in the picture, down and out. */
export type SkinLight = [x: number, y: number, z: number];

const BLACK = 16;
/** Added to luma: what is nearly black has no ratio. */
const LEVEL = 8;
/** Luma is the mean over so much of the view. */
const REACH = 1 / 100;
const PASSES = 12;
/** Pulls towards no light, per point: what few normals tell is not believed. */
const RIDGE = 0.003;
/** From so many deviations on a point says nothing (Tukey). */
const OUTLYING = 3;
/** Of the skin's variation that light has to explain to be believed a little and altogether. */
const EXPLAINED = [0.1, 0.4] as const;
const STRONGEST = 0.9;
const BROWS = [
  70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276,
] as const;
/** What is no bare skin. */
const OTHER = new Set<number>([
  ...FACE_OVAL,
  ...LIP_POINTS,
  ...ABOVE_UPPER_LIP,
  ...BELOW_LOWER_LIP,
  ...BROWS,
  ...SIDES.flatMap((side) => [
    EYES[side].outerCorner,
    EYES[side].innerCorner,
    ...EYES[side].upperLid,
    ...EYES[side].lowerLid,
    ...EYES[side].crease,
  ]),
]);
const BARE = Array.from({ length: SKIN_POINTS }, (_, i) => i).filter((i) => !OTHER.has(i));

/** `landmarks [478·3]` in view fractions. */
export function skinLight(
  { size, channels }: ColourPlanes,
  landmarks: Float32Array,
  { rest }: FaceBasis,
): SkinLight {
  const luma = boxBlur(channels[0], size, size, Math.max(1, Math.round(REACH * size)));
  const areas = skinAreas(rest.map((value, i) => (i % 3 === 1 ? -value : value)));
  const values = BARE.map((i) => {
    const level = luma[nearestPixel(size, ...position(landmarks, i))] - BLACK;
    return Math.log(Math.max(0, level) + LEVEL);
  });
  const rows = BARE.map((i) => {
    const [x, y, z] = areas.subarray(3 * i, 3 * i + 3);
    const size = Math.max(1e-9, Math.hypot(x, y, z));
    return [1, x / size, y / size, z / size - 1];
  });
  const { found, weights } = fitRobustly(rows, values, seenAreas(areas));
  const total = spread(
    values,
    weights,
    values.map(() => mean(values, weights)),
  );
  const left = spread(
    values,
    weights,
    rows.map((row) => dot(row, found)),
  );
  const believed = smoothstep(EXPLAINED[0], EXPLAINED[1], 1 - left / Math.max(1e-6, total));
  const light = found.slice(1).map((change) => believed * change);
  const limit = Math.min(1, STRONGEST / Math.max(1e-6, Math.hypot(...light)));
  return light.map((part) => part * limit) as SkinLight;
}

/** How much of the face each bare point is, seen from the front; their mean is 1. */
function seenAreas(areas: Float32Array): number[] {
  const sizes = BARE.map((i) => Math.max(0, areas[3 * i + 2]));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => (size * BARE.length) / total);
}

/** Least squares by weights that outliers lose, with a ridge on all but the first unknown. */
function fitRobustly(rows: readonly number[][], values: readonly number[], sizes: readonly number[]) {
  const found = [mean(values, sizes), 0, 0, 0];
  let weights = sizes;
  for (let pass = 0; pass < PASSES; pass++) {
    // One unknown after the other (Gauss–Seidel).
    for (let sweep = 0; sweep < 4; sweep++) {
      for (let k = 0; k < found.length; k++) {
        let above = 0;
        let below = k === 0 ? 0 : RIDGE * rows.length;
        rows.forEach((row, i) => {
          above += weights[i] * row[k] * (values[i] - dot(row, found) + row[k] * found[k]);
          below += weights[i] * row[k] * row[k];
        });
        found[k] = above / Math.max(1e-9, below);
      }
    }
    const off = rows.map((row, i) => Math.abs(values[i] - dot(row, found)));
    const usual = 1.48 * [...off].sort((a, b) => a - b)[off.length >> 1] + 0.01;
    weights = off.map((distance, i) => sizes[i] * (1 - clamp(distance / (OUTLYING * usual), 0, 1) ** 2) ** 2);
  }
  return { found, weights };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function mean(values: readonly number[], weights: readonly number[]): number {
  return (
    dot(values, weights) /
    Math.max(
      1e-9,
      weights.reduce((sum, weight) => sum + weight, 0),
    )
  );
}

function spread(values: readonly number[], weights: readonly number[], middles: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + weights[i] * (value - middles[i]) ** 2, 0);
}
