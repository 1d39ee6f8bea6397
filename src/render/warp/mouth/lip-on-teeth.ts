/**
 * The upper lip on its teeth: those of the portrait end where its lip has them covered, and a lip that rises farther
 * bares what nobody has seen of them; and a lower lip that is rolled in beneath them (f, v) leaves their edge in sight,
 * along all of it or not at all.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { distance, height } from '../../../face/landmarks.ts';
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** Mouth widths that the lip rises at most over where the portrait has it, if it shows its teeth. */
const MOST_RISE = 0.012;
/** How much of that holds for the columns from a corner to the middle: corners go where the smile takes them. */
const HELD = [0.6, 0.8, 1, 1, 1, 1, 1, 0.8, 0.6];
/** The skin next to a lip comes with it by so much. */
const BESIDE_SHARE = 0.5;

/** How much of the teeth a bitten lip shows in the middle, mouth widths. */
const BITTEN_GAP = 0.05;
/**
 * The portrait's own teeth end about where its lower lip begins: bitten lips come so much of the way down to there, by
 * so many mouth widths at most.
 */
const TO_EDGE = 0.7;
const MOST_LOWERED = 0.08;
/** Lower lips are rolled in by so much more than upper ones, and upper ones drawn up, for f and v, not for p, b and m. */
const ROLLED = [0.1, 0.4] as const;
const DRAWN_UP = [0.05, 0.2] as const;

/** Changes `points [478·3]`; `up`: of the head. */
export function keepLipOnTeeth(
  { ownTeeth, portrait, limits }: Rig,
  frame: Float32Array,
  points: Float32Array,
  up: readonly number[],
): void {
  if (!limits.lipsSeen) return;
  const width = distance(portrait, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const bite = biteOf(frame);
  const bitten = BITTEN_GAP * width * bite;
  if (ownTeeth && bite > 0) {
    const above = height(points, LOWER_LIP_MIDDLE, up) - height(portrait, LOWER_LIP_MIDDLE, up);
    lowerBoth(points, bite * clamp(TO_EDGE * above, 0, MOST_LOWERED * width), up);
  }
  // A lip that is rolled in lies behind the other one: what is seen between them is less in a head that looks down.
  const upInView = [up[0], up[1], 0];
  INNER_UPPER_LIP.forEach((upper, column) => {
    const gap = height(points, upper, upInView) - height(points, INNER_LOWER_LIP[column], upInView);
    const missing = bitten * (1 - alongLips(column) ** 2) - gap;
    if (bite > 0 && missing > 0) raise(points, column, missing, up);
    if (!ownTeeth) return;
    const rise = height(points, upper, up) - height(portrait, upper, up);
    if (rise <= 0) return;
    const most = MOST_RISE * width;
    raise(points, column, HELD[column] * (most * (1 - Math.exp(-rise / most)) - rise), up);
  });
}

/** Both lips, in their middle by so much. */
function lowerBoth(points: Float32Array, by: number, up: readonly number[]): void {
  LOWER_LIP_RINGS[0].forEach((_, column) => {
    const lowered = -by * (1 - alongLips(column) ** 4);
    raise(points, column, lowered, up);
    for (const ring of LOWER_LIP_RINGS) move(points, ring[column], lowered, up);
    move(points, BELOW_LOWER_LIP[column], BESIDE_SHARE * lowered, up);
  });
}

/** -1 at the right corner, 1 at the left one. */
function alongLips(column: number): number {
  return (2 * (column + 1)) / (INNER_UPPER_LIP.length + 1) - 1;
}

/** How surely the lower lip lies beneath the upper teeth, 0..1. */
export function biteOf(frame: Float32Array): number {
  const mean = (a: number, b: number) => (frame[a] + frame[b]) / 2;
  const { mouthRollLower, mouthRollUpper } = CHANNEL;
  const pressed = mean(CHANNEL.mouthPressLeft, CHANNEL.mouthPressRight);
  const rolled = frame[mouthRollLower] - frame[mouthRollUpper] - pressed;
  const drawnUp = mean(CHANNEL.mouthUpperUpLeft, CHANNEL.mouthUpperUpRight);
  return smoothstep(...ROLLED, rolled) * smoothstep(...DRAWN_UP, drawnUp);
}

function raise(points: Float32Array, column: number, by: number, up: readonly number[]): void {
  move(points, ABOVE_UPPER_LIP[column], BESIDE_SHARE * by, up);
  for (const ring of UPPER_LIP_RINGS) move(points, ring[column], by, up);
}

function move(points: Float32Array, point: number, by: number, up: readonly number[]): void {
  for (let axis = 0; axis < 3; axis++) points[3 * point + axis] += by * up[axis];
}
