/** A mouth that a portrait doesn't show stays shut: lips that were guessed are not parted, and what hides them is calm. */
import { BLENDSHAPES } from '../../../../contract/motion-frame.ts';
import { LANDMARK_COUNT, LOWER_LIP_RINGS, SKIN_POINTS, UPPER_LIP_RINGS } from '../../../../face/topology.ts';

/** The share of the way of both rims together that each ring of a lip goes, from the outer edge inwards. */
const RING_SHARES = [0, 1 / 3, 2 / 3, 1];
const RIM = 3;
/** A mask or a hand takes so much of the mouth's and the jaw's movement. */
const TAKEN = 0.5;

/** Returns landmarks `[478·3]` with both rims of the lips where their middle was. */
export function shutLips(landmarks: Float32Array): Float32Array {
  const result = landmarks.slice();
  bringTogether(result);
  return result;
}

/** Returns what blendshapes do, `[52·478·3]`, without parting the lips. */
export function sealedDeltas(deltas: Float32Array): Float32Array {
  const result = deltas.slice();
  BLENDSHAPES.forEach((name, channel) => {
    const offset = 3 * LANDMARK_COUNT * channel;
    const moved = result.subarray(offset, offset + 3 * LANDMARK_COUNT);
    bringTogether(moved);
    if (!/^(mouth|jaw|tongue)/.test(name)) return;
    for (let i = 0; i < 3 * SKIN_POINTS; i++) moved[i] *= TAKEN;
  });
  return result;
}

/** `points`: positions of landmarks, or their movements, `[478·3]`. */
function bringTogether(points: Float32Array): void {
  UPPER_LIP_RINGS[RIM].forEach((upperRim, i) => {
    const lowerRim = LOWER_LIP_RINGS[RIM][i];
    for (let axis = 0; axis < 3; axis++) {
      const half = 0.5 * (points[3 * lowerRim + axis] - points[3 * upperRim + axis]);
      RING_SHARES.forEach((share, ring) => {
        points[3 * UPPER_LIP_RINGS[ring][i] + axis] += share * half;
        points[3 * LOWER_LIP_RINGS[ring][i] + axis] -= share * half;
      });
    }
  });
}
