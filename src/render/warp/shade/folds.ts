/**
 * The fold from the wing of the nose past the corner of the mouth, which smiles, raised upper lips and wide vowels
 * deepen: too narrow for the mesh's points. A dark valley with a light bank on the cheek's side.
 */
import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** Points along each fold from the nose down, and one of the cheek beside it. */
export const FOLDS = {
  left: { line: [423, 426, 436, 432], cheek: 425 },
  right: { line: [203, 206, 216, 212], cheek: 205 },
} as const;

/** How much of a channel deepens it. */
const DEEPENS = [
  ['mouthSmile', 0.7],
  ['mouthUpperUp', 0.5],
  ['cheekSquint', 0.35],
  ['noseSneer', 0.4],
  ['mouthStretch', 0.3],
] as const;
/** Share of the skin's luma that the deepest valley lacks, and that its bank has more. */
const VALLEY = 0.09;
const BANK = 0.35;
/** Half the valley's width in face heights; beyond REACH there is nothing of a fold. */
const WIDTH = 0.02;
export const FOLD_REACH = 5 * WIDTH;
/** Shares of its length in which it begins and ends. */
const BEGINS = [0, 0.3] as const;
const ENDS = [0.6, 1] as const;

/** How deep the folds are beyond the portrait's own, 0..1. */
export function foldDepth(
  { limits, drawn }: Pick<Rig, 'limits' | 'drawn'>,
  motion: Float32Array,
  side: 'left' | 'right',
): number {
  if (drawn) return 0;
  const suffix = side === 'left' ? 'Left' : 'Right';
  let depth = 0;
  for (const [name, share] of DEEPENS) depth += share * motion[CHANNEL[`${name}${suffix}` as MotionChannel]];
  return clamp(depth, 0, 1) * (1 - 0.8 * limits.smile);
}

/**
 * Factor on luma at a distance from the fold's middle in face heights, positive on the cheek's side; `along`: 0 at the
 * nose .. 1 at its end.
 */
export function foldFactor(depth: number, distance: number, along: number): number {
  const taper = smoothstep(BEGINS[0], BEGINS[1], along) * (1 - smoothstep(ENDS[0], ENDS[1], along));
  const valley = Math.exp(-((distance / WIDTH) ** 2));
  const bank = Math.exp(-(((distance - 2.2 * WIDTH) / (1.6 * WIDTH)) ** 2));
  return 1 - VALLEY * taper * depth * (valley - BANK * bank);
}
