/** Lips that show more of their red than the mesh gives them. */
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  LOWER_LIP_RINGS,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';

/** Rings from the outer edge inwards; the rims not at all. */
const RING_SHARES = [1, 2 / 3, 1 / 3];
/**
 * Without the skin next to the lips they would be folded over it. From there it is as far to the lower lip as to the
 * chin's fold, but less far to the nose than to the upper lip.
 */
const ABOVE_SHARE = 0.5;
const BELOW_SHARE = 0.6;

/** Moves the outer edge of both lips away from the mouth in one of their nine columns. Changes `points [478·3]`. */
export function rollOut(
  points: Float32Array,
  column: number,
  { upper, lower }: { upper: number; lower: number },
  up: readonly number[],
): void {
  const move = (point: number, offset: number) => {
    for (let axis = 0; axis < 3; axis++) points[3 * point + axis] += offset * up[axis];
  };
  move(ABOVE_UPPER_LIP[column], ABOVE_SHARE * upper);
  move(BELOW_LOWER_LIP[column], -BELOW_SHARE * lower);
  RING_SHARES.forEach((share, ring) => {
    move(UPPER_LIP_RINGS[ring][column], share * upper);
    move(LOWER_LIP_RINGS[ring][column], -share * lower);
  });
}
