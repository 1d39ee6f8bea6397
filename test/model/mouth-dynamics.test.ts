import { describe, expect, it } from 'vitest';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { dynamicMouth } from '../../src/model/mouth-dynamics.ts';

function shown(effort: number, jaw: number, close = 0): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.jawOpen] = jaw;
  frame[CHANNEL.mouthClose] = close;
  return dynamicMouth(frame, effort);
}
const jaw = (effort: number, open: number) => shown(effort, open)[CHANNEL.jawOpen];

describe('dynamicMouth', () => {
  it('opens wide jaws wider, and leaves the others of a common voice as they are', () => {
    expect(jaw(0, 0.1)).toBeCloseTo(0.1, 6);
    expect(jaw(0, 0.4) / jaw(0, 0.2)).toBeGreaterThan(2.5);
    const curve = Array.from({ length: 101 }, (_, i) => jaw(0, i / 100));
    expect(curve.every((value, i) => i === 0 || value >= curve[i - 1])).toBe(true);
    expect(jaw(15, 1)).toBe(1);
  });

  it('rounds and spreads lips further than a cautious model does', () => {
    const frame = new Float32Array(MOTION_SIZE);
    frame[CHANNEL.mouthPucker] = 0.2;
    frame[CHANNEL.mouthStretchLeft] = frame[CHANNEL.mouthStretchRight] = 0.1;
    const { mouthPucker, mouthStretchLeft, mouthStretchRight } = CHANNEL;
    const lips = dynamicMouth(frame, 0);
    expect(lips[mouthPucker]).toBeGreaterThan(0.25);
    expect(lips[mouthStretchLeft]).toBeGreaterThan(0.12);
    expect(lips[mouthStretchRight]).toBe(lips[mouthStretchLeft]);
    frame[mouthPucker] = 0.9;
    expect(dynamicMouth(frame, 0)[mouthPucker]).toBe(1);
  });

  it('tells who calls out from who mumbles, within reason', () => {
    expect(jaw(10, 0.2)).toBeGreaterThan(1.4 * jaw(-10, 0.2));
    expect(jaw(-100, 0.1)).toBeCloseTo(0.07, 6);
    expect(jaw(100, 0.1)).toBeCloseTo(0.18, 6);
  });

  it('keeps lips together that meet over an open jaw', () => {
    for (const effort of [-10, 0, 10]) {
      const frame = shown(effort, 0.3, 0.3);
      expect(frame[CHANNEL.mouthClose]).toBeCloseTo(frame[CHANNEL.jawOpen], 6);
    }
  });
});
