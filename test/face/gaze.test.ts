import { expect, it } from 'vitest';
import { CHANNEL, MOTION_SIZE, type MotionChannel } from '../../src/contract/motion-frame.ts';
import { gazeOf } from '../../src/face/gaze.ts';

function frameOf(channels: Partial<Record<MotionChannel, number>>): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(channels)) frame[CHANNEL[name as MotionChannel]] = value;
  return frame;
}

it("turns an eye by 30° at full strength: + to the avatar's left and up", () => {
  const frame = frameOf({ eyeLookOutLeft: 1, eyeLookInRight: 1, eyeLookDownLeft: 0.5, eyeLookUpRight: 1 });
  expect(gazeOf(frame, 'left').yaw).toBeCloseTo(Math.PI / 6, 6);
  expect(gazeOf(frame, 'left').pitch).toBeCloseTo(-Math.PI / 12, 6);
  expect(gazeOf(frame, 'right').yaw).toBeCloseTo(Math.PI / 6, 6);
  expect(gazeOf(frame, 'right').pitch).toBeCloseTo(Math.PI / 6, 6);
});
