import { LOWER_LIP_RINGS, UPPER_LIP_RINGS } from '../../../face/topology.ts';

/** The share of the way of both rims together that each ring of a lip goes, from the outer edge inwards. */
const RING_SHARES = [0, 1 / 3, 2 / 3, 1];
const RIM = 3;

/**
 * Brings both rims of the lips to their middle, by `share` 0..1 of the way in each of the nine columns. `points`: positions
 * of landmarks, or their movements, `[478·3]`, changed.
 */
export function bringLipsTogether(points: Float32Array, share: (column: number) => number = () => 1): void {
  UPPER_LIP_RINGS[RIM].forEach((upperRim, column) => {
    const lowerRim = LOWER_LIP_RINGS[RIM][column];
    const way = 0.5 * share(column);
    for (let axis = 0; axis < 3; axis++) {
      const half = way * (points[3 * lowerRim + axis] - points[3 * upperRim + axis]);
      RING_SHARES.forEach((ringShare, ring) => {
        points[3 * UPPER_LIP_RINGS[ring][column] + axis] += ringShare * half;
        points[3 * LOWER_LIP_RINGS[ring][column] + axis] -= ringShare * half;
      });
    }
  });
}
