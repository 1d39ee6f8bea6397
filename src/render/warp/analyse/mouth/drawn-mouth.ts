/**
 * A drawn mouth is a line, and its ends are its corners. The face mesh puts them where a person's would be: an end that
 * lies beyond them would stand on the cheek as a loose stroke when the mouth opens. Here the mouth goes to the line.
 */

import { position } from '../../../../face/landmarks.ts';
import { INNER_LOWER_LIP, INNER_MOUTH_CORNER, INNER_UPPER_LIP } from '../../../../face/topology.ts';
import { type ColourPlanes, clamp, smoothstep } from '../../../../image/planes.ts';
import { between, type Point } from '../../../../image/polygon.ts';
import { findLipSeam } from './lip-seam.ts';

/** All lengths in widths of the mesh's mouth. The line is followed so far beyond its corners, in steps of this. */
const BEYOND = 0.25;
const STEP = 0.02;
/** It ends where it is less than this share of its usual darkness, which is that of ink (levels). */
const LEAST_SHARE = 0.5;
const LEAST_DARKNESS = 40;
/** The lips part up to here before its ends, which are round. */
const ROUND = 0.015;
/** What lies above and below the line moves along up to the first distance, and no more from the second on. */
const ALONG = [0.25, 0.45] as const;
/** And to the sides of it, from its ends on. */
const BESIDE = [0.1, 0.5] as const;

/** For drawings. Returns landmarks `[478·3]` with the mouth's corners at the ends of the drawn line, or the same ones without one. */
export function fitMouthToDrawing(view: ColourPlanes, landmarks: Float32Array): Float32Array {
  const at = (i: number) => position(landmarks, i);
  const [right, left] = [at(INNER_MOUTH_CORNER.right), at(INNER_MOUTH_CORNER.left)];
  const rims = INNER_UPPER_LIP.map((upper, i) => between(at(upper), at(INNER_LOWER_LIP[i]), 0.5));
  const across: Point = [left[0] - right[0], left[1] - right[1]];
  const down: Point = [-across[1], across[0]];
  const ends = lineEnds(view, [right, ...rims, left], across, down);
  if (!ends) return landmarks;
  const shifts = [ends[0] + ROUND, ends[1] - ROUND - 1];
  const square = across[0] ** 2 + across[1] ** 2;
  const result = landmarks.slice();
  for (let i = 0; i < landmarks.length; i += 3) {
    const [dx, dy] = [landmarks[i] - right[0], landmarks[i + 1] - right[1]];
    const place = (dx * across[0] + dy * across[1]) / square;
    const below = (dx * down[0] + dy * down[1]) / square;
    const within = clamp(place, 0, 1);
    const share =
      (1 - smoothstep(...ALONG, Math.abs(below))) * (1 - smoothstep(...BESIDE, Math.abs(place - within)));
    const shift = share * ((1 - within) * shifts[0] + within * shifts[1]);
    result[i] += shift * across[0];
    result[i + 1] += shift * across[1];
  }
  return result;
}

/**
 * Where the line through the mouth ends on the right and on the left, in mouths from the right corner. `seam`: where
 * the mesh has it, from corner to corner; `across`, `down`: one mouth's width.
 */
function lineEnds(
  view: ColourPlanes,
  seam: readonly Point[],
  across: Point,
  down: Point,
): [number, number] | undefined {
  const onLine = (place: number): Point => {
    const within = clamp(place, 0, 1) * (seam.length - 1);
    const k = Math.min(seam.length - 2, Math.floor(within));
    const [x, y] = between(seam[k], seam[k + 1], within - k);
    const beyond = place - clamp(place, 0, 1);
    return [x + beyond * across[0], y + beyond * across[1]];
  };
  const places = Array.from({ length: Math.round((1 + 2 * BEYOND) / STEP) + 1 }, (_, k) => k * STEP - BEYOND);
  const { darkness } = findLipSeam(view, places.map(onLine), down);
  const usual = darkness.toSorted((a, b) => a - b)[darkness.length >> 1];
  if (usual < LEAST_DARKNESS) return undefined;
  const isLine = (k: number) => darkness[k] >= LEAST_SHARE * usual;
  const middle = places.length >> 1;
  let [first, last] = [middle, middle];
  while (first > 0 && isLine(first - 1)) first--;
  while (last < places.length - 1 && isLine(last + 1)) last++;
  // A line that goes on is no mouth's: an outline, or a shadow.
  if (first === 0 || last === places.length - 1) return undefined;
  return [places[first], places[last]];
}
