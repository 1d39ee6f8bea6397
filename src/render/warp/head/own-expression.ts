/**
 * The portrait's own smile. A rig rests with its lips shut, so that p b m can shut them; but a portrait that smiles is
 * meant to be an avatar that smiles, and people are known by it. So what was taken off for the rest pose is shown as far
 * as a motion frame leaves it: lips that press, roll, shut over an open jaw, frown or grow round take it back.
 */

import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { distance, height } from '../../../face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, SKIN_POINTS, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** Laughs are shown with lips at most so far apart, in mouth widths: people do not go on laughing. */
const WIDEST_SMILE = 0.28;
/** Of these together, p b m have 0.18 to 0.7 in speech, f v 0.07 to 0.2, most other sounds and silence less than 0.05. */
const TAKES_BACK: readonly MotionChannel[] = [
  'mouthPressLeft',
  'mouthPressRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthClose',
  'mouthFrownLeft',
  'mouthFrownRight',
];
const TAKEN_BACK = [0.08, 0.18] as const;
/** But vowels that follow closely have something of them too: lips that speech parts by so many mouth widths are open. */
const OPEN = [0.02, 0.06] as const;
/** Lips that speech parts by so many mouth widths keep this share of the smile: the mouth opens little farther for it. */
const PARTED = [0.1, 0.4] as const;
const KEPT_WHEN_PARTED = 0.4;
/** Round lips do not smile: so much of pucker and funnel. */
const ROUNDED = [0.3, 0.8] as const;

/** An expression that raises the upper lip itself adds little to the height that the portrait's own smile raises it to. */
const HIGHEST = 1.5;

/**
 * Adds to `points [478·3]`, the rest pose with the expression of `frame`, what that leaves of the portrait's own.
 * `up`: of the head. Returns the share of it that is shown.
 */
export function addOwnExpression(
  { portrait, rest }: Rig,
  frame: Float32Array,
  points: Float32Array,
  up: readonly number[],
): number {
  const width = distance(rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const own = gapOf(portrait, up) / width;
  let share = own > WIDEST_SMILE ? WIDEST_SMILE / own : 1;
  const spoken = gapOf(points, up) / width;
  share *= 1 - (1 - KEPT_WHEN_PARTED) * smoothstep(...PARTED, spoken);
  const sum = (channels: readonly MotionChannel[]) =>
    channels.reduce((total, name) => total + frame[CHANNEL[name]], 0);
  share *= 1 - smoothstep(...TAKEN_BACK, sum(TAKES_BACK)) * (1 - smoothstep(...OPEN, spoken));
  share *= 1 - smoothstep(...ROUNDED, sum(['mouthPucker', 'mouthFunnel']));
  // Of the upper lip's inner middle above its rest.
  const rise = (of: Float32Array) => height(of, UPPER_LIP_MIDDLE, up) - height(rest, UPPER_LIP_MIDDLE, up);
  const ownRise = rise(portrait);
  if (ownRise > 0) share = Math.min(share, Math.max(0, HIGHEST - rise(points) / ownRise));
  if (share === 0) return 0;
  for (let i = 0; i < 3 * SKIN_POINTS; i++) points[i] += share * (portrait[i] - rest[i]);
  return share;
}

/** How far apart the lips' inner middles are, upwards in the head. */
function gapOf(points: Float32Array, up: readonly number[]): number {
  return height(points, UPPER_LIP_MIDDLE, up) - height(points, LOWER_LIP_MIDDLE, up);
}
