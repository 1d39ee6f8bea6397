/**
 * The skin below a lower lip that rolls out or juts forward. The mesh's shapes squeeze it to nothing, or fold the lip over
 * it with a jagged edge: of the portrait's there is always a part to be seen between the lip and the chin.
 */
import { height } from '../../../face/landmarks.ts';
import { BELOW_LOWER_LIP, LOWER_LIP_RINGS } from '../../../face/topology.ts';
import type { Rig } from '../rig.ts';

/** Of its height so much is left at least. */
const KEPT = 0.4;
/** The lip gives so much of what is missing, the skin the rest. */
const LIP_GIVES = 0.4;
/** Rings from the lip's outer edge inwards; its rim not at all. */
const RING_SHARES = [1, 2 / 3, 1 / 3];

/** Changes `points [478·3]`; `up`: of the head. */
export function keepSkinBelowLip({ portrait }: Rig, points: Float32Array, up: readonly number[]): void {
  const upInView = [up[0], up[1], 0];
  BELOW_LOWER_LIP.forEach((below, column) => {
    const skin = (of: Float32Array) =>
      height(of, LOWER_LIP_RINGS[0][column], upInView) - height(of, below, upInView);
    const missing = KEPT * skin(portrait) - skin(points);
    if (missing <= 0) return;
    const move = (point: number, by: number) => {
      for (let axis = 0; axis < 3; axis++) points[3 * point + axis] += by * upInView[axis];
    };
    move(below, (LIP_GIVES - 1) * missing);
    RING_SHARES.forEach((share, ring) => {
      move(LOWER_LIP_RINGS[ring][column], LIP_GIVES * share * missing);
    });
  });
}
