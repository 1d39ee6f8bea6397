import { describe, expect, it } from 'vitest';
import { lagOf, median, percentile, smoothed } from '../../src/probe/measure/lag.ts';
import { randomNumbers } from '../../src/random.ts';

const draw = randomNumbers(7);
const signal = smoothed(Array.from({ length: 250 }, draw), 60);
const at = (tMs: number) => {
  const place = Math.min(signal.length - 1, Math.max(0, tMs / 10));
  const low = Math.floor(place);
  return signal[low] + (place - low) * ((signal[low + 1] ?? signal[low]) - signal[low]);
};

describe('how far a series follows a signal', () => {
  it.each([10, 40])('is found to a few milliseconds, of samples each %i ms', (stepMs) => {
    for (const lagMs of [-120, 0, 7, 183, 964]) {
      const series = Array.from({ length: 4000 / stepMs }, (_, i) => {
        const atMs = 1000 - 500 + stepMs * i;
        return { atMs, value: 3 + 0.2 * at(atMs - 1000 - lagMs) + 0.001 * draw() };
      });
      expect(Math.abs(lagOf(signal, 1000, series)! - lagMs)).toBeLessThan(stepMs / 4 + 1);
    }
  });

  it('is unknown where it does not', () => {
    const noise = Array.from({ length: 400 }, (_, i) => ({ atMs: 10 * i, value: draw() }));
    expect(lagOf(signal, 0, noise)).toBeUndefined();
    expect(
      lagOf(
        signal,
        0,
        noise.map(({ atMs }) => ({ atMs, value: 1 })),
      ),
    ).toBeUndefined();
    expect(lagOf(signal, 0, [])).toBeUndefined();
  });
});

it('percentiles lie between values', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(percentile([0, 10], 0.95)).toBeCloseTo(9.5);
  expect(percentile([5], 0.95)).toBe(5);
});
