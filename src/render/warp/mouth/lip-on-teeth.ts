/**
 * The upper lip on its teeth: those of the portrait end where its lip has them covered, and a lip that rises farther
 * bares what nobody has seen of them; and a lower lip that is rolled in beneath them (f, v) leaves their edge in sight,
 * along all of it or not at all.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { distance, height } from '../../../face/landmarks.ts';
import {
  ABOVE_UPPER_LIP,
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** Mouth widths that the lip rises at most over where the portrait has it, if it shows its teeth. */
const MOST_RISE = 0.012;
/** How much of that holds for the columns from a corner to the middle: corners go where the smile takes them. */
const HELD = [0.6, 0.8, 1, 1, 1, 1, 1, 0.8, 0.6];
/** The skin above the lip comes with it by so much. */
const ABOVE_SHARE = 0.5;

/** How much of the teeth a bitten lip shows in the middle, mouth widths. */
const BITTEN_GAP = 0.05;
/** Lower lips are rolled in by so much more than upper ones, and upper ones drawn up, for f and v, not for p, b and m. */
const ROLLED = [0.1, 0.4] as const;
const DRAWN_UP = [0.05, 0.2] as const;

/** Changes `points [478·3]`; `up`: of the head. */
export function keepLipOnTeeth(
  { ownTeeth, portrait }: Rig,
  frame: Float32Array,
  points: Float32Array,
  up: readonly number[],
): void {
  const width = distance(portrait, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const bitten = BITTEN_GAP * width * bite(frame);
  // A lip that is rolled in lies behind the other one: what is seen between them is less in a head that looks down.
  const upInView = [up[0], up[1], 0];
  INNER_UPPER_LIP.forEach((upper, column) => {
    const along = (2 * (column + 1)) / (INNER_UPPER_LIP.length + 1) - 1;
    const gap = height(points, upper, upInView) - height(points, INNER_LOWER_LIP[column], upInView);
    const missing = bitten * (1 - along * along) - gap;
    if (bitten > 0 && missing > 0) raise(points, column, missing, up);
    if (!ownTeeth) return;
    const rise = height(points, upper, up) - height(portrait, upper, up);
    if (rise <= 0) return;
    const most = MOST_RISE * width;
    raise(points, column, HELD[column] * (most * (1 - Math.exp(-rise / most)) - rise), up);
  });
}

/** How surely the lower lip lies beneath the upper teeth, 0..1. */
function bite(frame: Float32Array): number {
  const mean = (a: number, b: number) => (frame[a] + frame[b]) / 2;
  const { mouthRollLower, mouthRollUpper } = CHANNEL;
  const pressed = mean(CHANNEL.mouthPressLeft, CHANNEL.mouthPressRight);
  const rolled = frame[mouthRollLower] - frame[mouthRollUpper] - pressed;
  const drawnUp = mean(CHANNEL.mouthUpperUpLeft, CHANNEL.mouthUpperUpRight);
  return smoothstep(...ROLLED, rolled) * smoothstep(...DRAWN_UP, drawnUp);
}

function raise(points: Float32Array, column: number, by: number, up: readonly number[]): void {
  const move = (point: number, offset: number) => {
    for (let axis = 0; axis < 3; axis++) points[3 * point + axis] += offset * up[axis];
  };
  move(ABOVE_UPPER_LIP[column], ABOVE_SHARE * by);
  for (const ring of UPPER_LIP_RINGS) move(ring[column], by);
}
