/**
 * How high lips stay that press on each other or roll in. The mesh thins all by as much, thin ones to a line; and of lips
 * that a smile has stretched and parted, it gives back too little when they shut.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { distance, height } from '../../../face/landmarks.ts';
import {
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';
import { rollOut } from './roll-out.ts';

/** Of a lip's height so much is left at least; lips that the portrait shows parted get so much more when they shut. */
const KEPT = 0.82;
const GIVEN_BACK = 0.3;
/** Lips that the portrait shows so far apart, in mouth widths, were stretched. */
const PARTED = [0.02, 0.08] as const;
/** Share of its height that a lip hides when it is rolled in all the way. */
const ROLLED_IN = 0.9;
const RIM = 3;

/** Changes `points [478·3]`. `shut`: share of the portrait's own expression that is taken off; `up`: of the head. */
export function keepLipHeights(
  { rest, portrait }: Rig,
  frame: Float32Array,
  points: Float32Array,
  up: readonly number[],
  shut: number,
): void {
  const gap = distance(portrait, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE);
  const stretched = smoothstep(...PARTED, gap / distance(portrait, MOUTH_CORNER.right, MOUTH_CORNER.left));
  const kept = KEPT + GIVEN_BACK * stretched * shut;
  const keptOf = (roll: number) => kept * (1 - ROLLED_IN * Math.min(1, roll));
  const keptUpper = keptOf(frame[CHANNEL.mouthRollUpper]);
  const keptLower = keptOf(frame[CHANNEL.mouthRollLower]);
  for (let column = 0; column < UPPER_LIP_RINGS[RIM].length; column++) {
    const missing = (rings: readonly (readonly number[])[], share: number) => {
      const own = (of: Float32Array) =>
        Math.abs(height(of, rings[0][column], up) - height(of, rings[RIM][column], up));
      const usual = own(portrait) + shut * (own(rest) - own(portrait));
      return Math.max(0, share * usual - own(points));
    };
    const upper = missing(UPPER_LIP_RINGS, keptUpper);
    const lower = missing(LOWER_LIP_RINGS, keptLower);
    if (upper > 0 || lower > 0) rollOut(points, column, { upper, lower }, up);
  }
}
