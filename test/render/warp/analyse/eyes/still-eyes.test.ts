import { expect, it } from 'vitest';
import { BLENDSHAPES, CHANNEL, type MotionChannel } from '../../../../../src/contract/motion-frame.ts';
import { LANDMARK_COUNT } from '../../../../../src/face/topology.ts';
import { stillEyes } from '../../../../../src/render/warp/analyse/eyes/still-eyes.ts';

const POINTS = 3 * LANDMARK_COUNT;

it('moves lids of eyes that were found, and whatever is no eye', () => {
  const deltas = new Float32Array(BLENDSHAPES.length * POINTS).fill(1);
  const still = stillEyes(deltas, { left: { found: true }, right: { found: false } });
  const moved = (name: MotionChannel) =>
    still.subarray(POINTS * CHANNEL[name], POINTS * (CHANNEL[name] + 1)).some((value) => value !== 0);
  expect(
    (['eyeBlinkRight', 'eyeLookDownRight', 'eyeSquintRight', 'eyeWideRight'] as const).map(moved),
  ).toEqual([false, false, false, false]);
  expect((['eyeBlinkLeft', 'browDownRight', 'mouthSmileRight', 'jawRight'] as const).map(moved)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});
