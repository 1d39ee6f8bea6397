/**
 * Lips that hide most of their red roll it out where speech parts them. Without that, an opening beneath a moustache or
 * between pale lips looks like a third lip, to viewers and to face finders.
 */
import { distance, height } from '../../../face/landmarks.ts';
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import type { Rig } from '../rig.ts';

/** The outer edge of each lip moves by so much of a small opening, and by at most so much of the mouth's width. */
const ROLLED_OUT = 0.55;
const MOST_ROLLED_OUT = 0.15;
/** Rings from the outer edge inwards; the rims not at all. */
const RING_SHARES = [1, 2 / 3, 1 / 3];
/**
 * Without the skin next to the lips they would be folded over it. From there it is as far to the lower lip as to the
 * chin's fold, but less far to the nose than to the upper lip.
 */
const ABOVE_SHARE = 0.5;
const BELOW_SHARE = 0.6;

/** Changes `points [478·3]`, the rest pose with what is spoken. `up`: of the head. */
export function rollOutHiddenLips(
  { rest, hiddenLips }: Rig,
  points: Float32Array,
  up: readonly number[],
): void {
  if (hiddenLips === 0) return;
  const most = MOST_ROLLED_OUT * distance(rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
  INNER_UPPER_LIP.forEach((upper, i) => {
    const lower = INNER_LOWER_LIP[i];
    const gap = height(points, upper, up) - height(points, lower, up);
    if (gap <= 0) return;
    const rolledOut = (hiddenLips * most * ROLLED_OUT * gap) / (most + ROLLED_OUT * gap);
    const move = (point: number, offset: number) => {
      for (let axis = 0; axis < 3; axis++) points[3 * point + axis] += offset * up[axis];
    };
    move(ABOVE_UPPER_LIP[i], ABOVE_SHARE * rolledOut);
    move(BELOW_LOWER_LIP[i], -BELOW_SHARE * rolledOut);
    RING_SHARES.forEach((share, ring) => {
      move(UPPER_LIP_RINGS[ring][i], share * rolledOut);
      move(LOWER_LIP_RINGS[ring][i], -share * rolledOut);
    });
  });
}
