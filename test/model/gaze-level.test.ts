import { describe, expect, it } from 'vitest';
import type { AvatarState } from '../../src/contract/controls.ts';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../src/face/gaze.ts';
import { GazeLevel } from '../../src/model/gaze-level.ts';

const USUAL = { speaking: 0, listening: 0.03, idle: 0 };
const DEGREE = Math.PI / 180;

/** Looks up by `pitch` and to the left by `yaw`, radians. */
function looking(pitch: number, yaw = 0): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  for (const side of ['Left', 'Right'] as const) {
    frame[CHANNEL[`eyeLookUp${side}`]] = Math.max(0, pitch) / EYE_LOOK_RADIANS;
    frame[CHANNEL[`eyeLookDown${side}`]] = Math.max(0, -pitch) / EYE_LOOK_RADIANS;
  }
  frame[CHANNEL.headYaw] = yaw;
  return frame;
}

/** What the head is lowered by after so many seconds of the same frame. */
function loweredAfter(
  seconds: number,
  frame: Float32Array,
  { state = 'speaking' as AvatarState, told = false, moody = false, level = new GazeLevel(USUAL) } = {},
): number {
  let lowered = 0;
  for (let i = 0; i <= 25 * seconds; i++) lowered = level.lower(frame, { state, told, moody }, 0.04);
  return lowered;
}

describe('whoever looks a little above the viewer', () => {
  it('meets the viewer’s eyes soon, and as the pack says from the first frame on', () => {
    expect(loweredAfter(0, looking(0.03), { state: 'listening' })).toBeCloseTo(0.03, 6);
    expect(loweredAfter(30, looking(1.2 * DEGREE))).toBeCloseTo(1.2 * DEGREE, 3);
    expect(loweredAfter(30, looking(-1.2 * DEGREE))).toBeCloseTo(-1.2 * DEGREE, 3);
  });

  it('is corrected slower than anybody sees, and by no more than people err', () => {
    const level = new GazeLevel(USUAL);
    const steps = Array.from({ length: 500 }, () => loweredAfter(0, looking(4 * DEGREE), { level }));
    const largest = Math.max(...steps.slice(1).map((value, i) => value - steps[i]));
    expect(largest).toBeLessThan(0.7 * DEGREE * 0.04);
    expect(steps.at(-1)).toBeLessThan(2.1 * DEGREE);
  });
});

describe('what is no look at the viewer', () => {
  it.each([
    ['a glance aside', looking(2 * DEGREE, 8 * DEGREE), {}],
    ['a look down that belongs to a mood', looking(-2 * DEGREE), { moody: true }],
    ['a look that was told', looking(2 * DEGREE), { told: true }],
  ])('is left alone: %s', (_, frame, how) => {
    expect(loweredAfter(20, frame, how)).toBe(0);
  });

  it('is left alone: a blink', () => {
    const frame = looking(-2 * DEGREE);
    frame[CHANNEL.eyeBlinkLeft] = 0.8;
    expect(loweredAfter(20, frame)).toBe(0);
  });
});
