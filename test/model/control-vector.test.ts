import { expect, it } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { controlVector, HeadControl } from '../../src/model/control-vector.ts';

it('lays the controls out as the motion graph takes them', () => {
  const vector = controlVector(
    {
      ...NEUTRAL_CONTROLS,
      gaze: { yaw: 0.2, pitch: -0.1 },
      distance: 0.3,
      emotion: { sad: 0.5, contempt: 1 },
    },
    'listening',
  );
  const expected = [0.2, -0.1, 1, 0.3, 0, 0.5, 0, 0, 0, 0, 1, 0, 1, 17 / 20, 0, 1, 0];
  expect(vector).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(vector[i]).toBeCloseTo(value, 6);
  expect(controlVector(NEUTRAL_CONTROLS, 'speaking')[11]).toBe(1);
});

it('moves the head towards its offset without a jump and leaves the model frame alone', () => {
  const control = new HeadControl();
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.headPitch] = 0.1;
  const controls = { ...NEUTRAL_CONTROLS, head: { yaw: 0.4, pitch: 0, roll: 0, amplitude: 0 } };
  const shown = Array.from({ length: 75 }, () => control.apply(frame, controls, 0.04));
  expect(shown[0][CHANNEL.headYaw]).toBeLessThan(0.08);
  expect(shown.at(-1)![CHANNEL.headYaw]).toBeCloseTo(0.4, 3);
  expect(shown.at(-1)![CHANNEL.headPitch]).toBeCloseTo(0, 3);
  expect(frame[CHANNEL.headPitch]).toBeCloseTo(0.1);
});

it('holds the head at the distance asked for where it is to have no movement of its own', () => {
  const control = new HeadControl();
  const still = { ...NEUTRAL_CONTROLS, distance: 0.3, head: { ...NEUTRAL_CONTROLS.head, amplitude: 0 } };
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.distance] = 0.34;
  expect(control.apply(frame, { ...still, head: NEUTRAL_CONTROLS.head }, 0.04)[CHANNEL.distance]).toBeCloseTo(
    0.34,
  );
  const shown = Array.from({ length: 250 }, () => control.apply(frame, still, 0.04)[CHANNEL.distance]);
  const steps = shown.slice(1).map((distance, i) => Math.abs(distance - shown[i]));
  expect(Math.max(...steps)).toBeLessThan(0.05);
  expect(shown.at(-1)).toBeCloseTo(0.3, 3);
});
