import { describe, expect, it } from 'vitest';
import { type AvatarState, type Controls, NEUTRAL_CONTROLS } from '../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { blinkingAsAsked, controlVector, HeadControl } from '../../src/model/control-vector.ts';

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
  const asked = [0.2, -0.1, 1, 0.3, 0, 0.5, 0, 0, 0, 0, 1, 0, 1, 17 / 20, 0, 1, 0];
  const expected = [...asked, ...new Array<number>(9).fill(0)];
  expect(vector).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(vector[i]).toBeCloseTo(value, 6);
  expect(controlVector(NEUTRAL_CONTROLS, 'speaking')[11]).toBe(1);
});

it('asks for as many blinks as it takes in this state, and no more than was learnt', () => {
  const asked = (blinkRate: number, state: AvatarState, factors: number[]) =>
    blinkingAsAsked(controlVector({ ...NEUTRAL_CONTROLS, blinkRate }, state), factors)[13];
  expect(asked(20, 'idle', [1, 1.5, 2])).toBe(2);
  expect(asked(20, 'listening', [1, 1.5, 2])).toBe(1.5);
  expect(asked(20, 'speaking', [1, 1.5, 2])).toBe(1);
  expect(asked(0, 'idle', [1, 1.5, 2])).toBe(0);
  expect(asked(50, 'idle', [1, 1.5, 2])).toBe(3);
  expect(asked(20, 'idle', [])).toBe(1);
});

it('has the cues of the user’s voice, and the arousal of the own where no emotion is set', () => {
  const heard = { cues: Float32Array.of(1, 0.9, 0.1, -0.2, 0.7, 0, 0, 0.5), arousal: 0.25 };
  const vector = controlVector(NEUTRAL_CONTROLS, 'listening', heard);
  expect(vector.subarray(17, 25)).toEqual(heard.cues);
  expect(vector[25]).toBe(0.25);
  expect(controlVector({ ...NEUTRAL_CONTROLS, emotion: { sad: 1 } }, 'speaking', heard)[25]).toBe(0);
});

it('moves the head towards its offset without a jump and leaves the model frame alone', () => {
  const control = new HeadControl({ blocks: [2], motion: {} }, 2);
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.headPitch] = 0.1;
  const controls = { ...NEUTRAL_CONTROLS, head: { yaw: 0.4, pitch: 0, roll: 0, amplitude: 0 } };
  const shown = Array.from({ length: 75 }, () => control.apply(frame, controls, 'idle', 0.04));
  expect(shown[0][CHANNEL.headYaw]).toBeLessThan(0.08);
  expect(shown.at(-1)![CHANNEL.headYaw]).toBeCloseTo(0.4, 3);
  expect(shown.at(-1)![CHANNEL.headPitch]).toBeCloseTo(0, 3);
  expect(frame[CHANNEL.headPitch]).toBeCloseTo(0.1);
});

it('holds the head at the distance asked for where it is to have no movement of its own', () => {
  const control = new HeadControl({ blocks: [2], motion: {} }, 2);
  const still = { ...NEUTRAL_CONTROLS, distance: 0.3, head: { ...NEUTRAL_CONTROLS.head, amplitude: 0 } };
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.distance] = 0.34;
  expect(
    control.apply(frame, { ...still, head: NEUTRAL_CONTROLS.head }, 'idle', 0.04)[CHANNEL.distance],
  ).toBeCloseTo(0.34);
  const shown = Array.from(
    { length: 250 },
    () => control.apply(frame, still, 'idle', 0.04)[CHANNEL.distance],
  );
  const steps = shown.slice(1).map((distance, i) => Math.abs(distance - shown[i]));
  expect(Math.max(...steps)).toBeLessThan(0.05);
  expect(shown.at(-1)).toBeCloseTo(0.3, 3);
});

describe('a model that looks above the viewer while it listens', () => {
  const LOOKING_UP = {
    blocks: [1, 2],
    motion: {
      gazePitch: [
        [0, 0.09, 0],
        [0, 0.03, 0],
      ],
    },
  };
  /** Looks at something else, so that nothing is learnt of how high it looks. */
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.headYaw] = 0.2;
  const directed = { ...NEUTRAL_CONTROLS, gaze: { yaw: 0, pitch: 0 } };
  /** Pitch of the head on frames in a row. */
  const pitches = (control: HeadControl, controls: Controls, state: AvatarState) =>
    Array.from({ length: 250 }, () => control.apply(frame, controls, state, 0.04)[CHANNEL.headPitch]);

  it('lowers its head by that from the first frame on, and where it is told where to look, not at all', () => {
    const listening = pitches(new HeadControl(LOOKING_UP, 2), NEUTRAL_CONTROLS, 'listening');
    expect(listening[0]).toBeCloseTo(0.03, 6);
    expect(listening.at(-1)).toBeCloseTo(0.03, 6);
    expect(pitches(new HeadControl(LOOKING_UP, 2), directed, 'listening').every((pitch) => pitch === 0)).toBe(
      true,
    );
  });

  it('raises it again as it speaks, slower than anybody sees', () => {
    const control = new HeadControl(LOOKING_UP, 2);
    const shown = [
      ...pitches(control, NEUTRAL_CONTROLS, 'listening'),
      ...pitches(control, NEUTRAL_CONTROLS, 'speaking'),
    ];
    const steps = shown.slice(1).map((pitch, i) => Math.abs(pitch - shown[i]));
    expect(Math.max(...steps)).toBeLessThan(0.02 * 0.04);
    expect(shown.at(-1)).toBeCloseTo(0, 3);
  });
});
