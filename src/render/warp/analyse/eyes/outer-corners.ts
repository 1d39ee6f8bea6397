/**
 * Both eyes look the same way: an iris is as far from the outer corner of its eye as the other one is from the inner
 * corner. In photographs the face mesh often has the outer corners on the white, where lashes begin: these shares of
 * the eyes' widths then add up to less than one, and tell how much is missing.
 */

import { position } from '../../../../face/landmarks.ts';
import { EYES, SIDES } from '../../../../face/topology.ts';
import type { Point } from '../../../../image/polygon.ts';
import { along, widenHalf } from './eye-corners.ts';

/** Eyes that look at something near turn towards each other: together a little less than one. */
const TOGETHER = 0.92;
/** With less, or with an iris in a corner, the irises are not where they were found. */
const LEAST_TOGETHER = 0.7;
const LEAST_SHARE = 0.28;
const STEP = 0.01;

/** `irises`: centres, view fractions. Returns landmarks `[478·3]` with wider eyes, or the same ones. */
export function fitOuterCorners(
  landmarks: Float32Array,
  irises: Readonly<Record<'left' | 'right', Point>>,
): Float32Array {
  const halves = SIDES.map((side) => {
    const at = (i: number) => position(landmarks, i);
    const [outer, inner] = [at(EYES[side].outerCorner), at(EYES[side].innerCorner)];
    const iris = irises[side];
    const outwards: Point = [outer[0] - inner[0], outer[1] - inner[1]];
    return { side, corner: 'outerCorner' as const, iris, outwards, share: along(outer, iris, outwards) };
  });
  const together = (growth: number) =>
    halves.reduce((sum, { share }) => sum + (growth * share) / (1 + (growth - 1) * share), 0);
  const shares = halves.map(({ share }) => share);
  if (together(1) < LEAST_TOGETHER || Math.min(...shares) < LEAST_SHARE) return landmarks;
  let growth = 1;
  while (together(growth) < TOGETHER) growth += STEP;
  if (growth === 1) return landmarks;
  const result = landmarks.slice();
  for (const half of halves) widenHalf(landmarks, half, growth, result);
  return result;
}
