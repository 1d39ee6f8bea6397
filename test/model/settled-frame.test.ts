import { describe, expect, it } from 'vitest';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { gazeOf } from '../../src/face/gaze.ts';
import { settledFrame } from '../../src/model/settled-frame.ts';

const KNEES = new Array<number>(MOTION_SIZE).fill(0);
KNEES[CHANNEL.browInnerUp] = 0.12;

/** What is shown of a raised brow. */
const shown = (value: number) => {
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.browInnerUp] = value;
  return settledFrame(frame, KNEES)[CHANNEL.browInnerUp];
};

describe('settledFrame', () => {
  it('shows a face at rest where the model has next to nothing', () => {
    expect(shown(0.03)).toBeLessThan(0.003);
    expect(shown(0.12)).toBeLessThan(0.035);
  });

  it('leaves raised brows raised', () => {
    expect(shown(0.75)).toBeGreaterThan(0.7);
    expect(shown(1)).toBeCloseTo(1, 6);
  });

  it('rises with what the model gives, without a step', () => {
    const values = Array.from({ length: 101 }, (_, i) => shown(i / 100));
    const steps = values.slice(1).map((value, i) => value - values[i]);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(0.0115);
  });

  it('shows channels without a knee as they are, and packs without knees', () => {
    const frame = new Float32Array(MOTION_SIZE);
    frame[CHANNEL.headYaw] = -0.3;
    frame[CHANNEL.jawOpen] = 0.05;
    expect(settledFrame(frame, KNEES)).toEqual(frame);
    expect(settledFrame(frame, undefined)).toEqual(frame);
  });

  it('turns both eyes the same way', () => {
    const frame = new Float32Array(MOTION_SIZE);
    frame[CHANNEL.eyeLookInLeft] = 0.1;
    frame[CHANNEL.eyeLookInRight] = 0.3;
    frame[CHANNEL.eyeLookUpLeft] = 0.05;
    frame[CHANNEL.eyeLookDownRight] = 0.15;
    const together = settledFrame(frame, KNEES);
    const [left, right] = [gazeOf(together, 'left'), gazeOf(together, 'right')];
    expect(left.yaw).toBeCloseTo(0.1 * (Math.PI / 6), 6);
    expect(right.yaw).toBeCloseTo(left.yaw, 6);
    expect(left.pitch).toBeCloseTo(-0.05 * (Math.PI / 6), 6);
    expect(right.pitch).toBeCloseTo(left.pitch, 6);
    expect(frame[CHANNEL.eyeLookInLeft]).toBeCloseTo(0.1, 6);
  });
});
