/**
 * Round lips open in their middle: beside it they touch. The shapes of the mesh purse the whole mouth and leave its
 * opening as long as it is, a lens where people have a ring.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { INNER_UPPER_LIP } from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import { bringLipsTogether } from './bring-together.ts';

/** How round lips are: by how much of each shape, and from where to where of their sum. */
const PUCKER = 1;
const FUNNEL = 0.6;
const ROUND = [0.1, 0.7] as const;
/** From the middle (0) to a corner (1): open up to the first, together from the second on, for so much of the way. */
const BESIDE = [0.2, 0.85] as const;
const TOGETHER = 0.9;

/** Changes `points [478·3]`. */
export function roundLips(frame: Float32Array, points: Float32Array): void {
  const round = smoothstep(
    ...ROUND,
    PUCKER * frame[CHANNEL.mouthPucker] + FUNNEL * frame[CHANNEL.mouthFunnel],
  );
  if (round === 0) return;
  const middle = (INNER_UPPER_LIP.length - 1) / 2;
  bringLipsTogether(
    points,
    (column) => TOGETHER * round * smoothstep(...BESIDE, Math.abs(column - middle) / (middle + 1)),
  );
}
