/**
 * Lips that hide most of their red roll it out where speech parts them. Without that, an opening beneath a moustache or
 * between pale lips looks like a third lip, to viewers and to face finders.
 */
import { distance, height } from '../../../face/landmarks.ts';
import { INNER_LOWER_LIP, INNER_UPPER_LIP, MOUTH_CORNER } from '../../../face/topology.ts';
import type { Rig } from '../rig.ts';
import { rollOut } from './roll-out.ts';

/** The outer edge of each lip moves by so much of a small opening, and by at most so much of the mouth's width. */
const ROLLED_OUT = 0.55;
const MOST_ROLLED_OUT = 0.15;
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
    rollOut(points, i, { upper: rolledOut, lower: rolledOut }, up);
  });
}
