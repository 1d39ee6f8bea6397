/** A mouth that a portrait doesn't show stays shut: lips that were guessed are not parted, and what hides them is calm. */
import { BLENDSHAPES } from '../../../../contract/motion-frame.ts';
import { LANDMARK_COUNT, SKIN_POINTS } from '../../../../face/topology.ts';
import { bringLipsTogether } from '../../mouth/bring-together.ts';

/** A mask or a hand takes so much of the mouth's and the jaw's movement. */
const TAKEN = 0.5;

/** Returns landmarks `[478·3]` with both rims of the lips where their middle was. */
export function shutLips(landmarks: Float32Array): Float32Array {
  const result = landmarks.slice();
  bringLipsTogether(result);
  return result;
}

/** Returns what blendshapes do, `[52·478·3]`, without parting the lips. */
export function sealedDeltas(deltas: Float32Array): Float32Array {
  const result = deltas.slice();
  BLENDSHAPES.forEach((name, channel) => {
    const offset = 3 * LANDMARK_COUNT * channel;
    const moved = result.subarray(offset, offset + 3 * LANDMARK_COUNT);
    bringLipsTogether(moved);
    if (!/^(mouth|jaw|tongue)/.test(name)) return;
    for (let i = 0; i < 3 * SKIN_POINTS; i++) moved[i] *= TAKEN;
  });
  return result;
}
