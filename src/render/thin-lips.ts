/**
 * Thin lips have most of their red turned inwards, and it rolls out where speech parts them. Without that, an opening
 * beneath a moustache or between pale lips looks like a third lip, to viewers and to face finders.
 */
import { distance } from '../avatar/face-geometry.ts';
import {
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../avatar/face-topology.ts';
import { smoothstep } from '../avatar/planes.ts';
import type { Rig } from '../avatar/rig.ts';

/** Height of both lips together, in mouth widths: thin ones, and those that show all their red already. */
const THIN = [0.32, 0.38] as const;
/** Their outer edges go so much farther apart, in shares of the opening; rings from there inwards, rims not at all. */
const ROLLED_OUT = 0.4;
const RING_SHARES = [1, 2 / 3, 1 / 3];

/** Changes `points [478·3]`, the rest pose with what is spoken. `up`: of the head. */
export function rollOutThinLips({ rest }: Rig, points: Float32Array, up: readonly number[]): void {
  const upperOuter = UPPER_LIP_RINGS[0][4];
  const lowerOuter = LOWER_LIP_RINGS[0][4];
  const red = distance(rest, upperOuter, UPPER_LIP_MIDDLE) + distance(rest, LOWER_LIP_MIDDLE, lowerOuter);
  const width = distance(rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const rolledOut = ROLLED_OUT * (1 - smoothstep(...THIN, red / width));
  if (rolledOut === 0) return;
  INNER_UPPER_LIP.forEach((upper, i) => {
    const gap = up.reduce(
      (sum, part, axis) => sum + part * (points[3 * upper + axis] - points[3 * INNER_LOWER_LIP[i] + axis]),
      0,
    );
    if (gap <= 0) return;
    RING_SHARES.forEach((share, ring) => {
      for (let axis = 0; axis < 3; axis++) {
        const moved = rolledOut * share * gap * up[axis];
        points[3 * UPPER_LIP_RINGS[ring][i] + axis] += moved;
        points[3 * LOWER_LIP_RINGS[ring][i] + axis] -= moved;
      }
    });
  });
}
