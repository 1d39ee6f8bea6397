import { expect, it } from 'vitest';
import { fillGaussian } from '../../src/model/gaussian.ts';

const draw = (seed: number, frame: number, length = 58) => {
  const values = new Float32Array(length);
  fillGaussian(values, seed, frame);
  return values;
};

it('depends on seed and frame only', () => {
  expect(draw(7, 100)).toEqual(draw(7, 100));
  expect(draw(7, 100)).not.toEqual(draw(8, 100));
  expect(draw(7, 100)).not.toEqual(draw(7, 101));
});

it('is standard normal, and independent from frame to frame', () => {
  const frames = Array.from({ length: 2000 }, (_, frame) => draw(42, frame));
  const all = frames.flatMap((frame) => [...frame]);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
  const fourth = all.reduce((sum, x) => sum + (x - mean) ** 4, 0) / all.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
  expect(fourth / variance ** 2).toBeCloseTo(3, 0);
  const lagged = frames.slice(1).reduce((sum, frame, i) => sum + frame[0] * frames[i][0], 0) / frames.length;
  expect(Math.abs(lagged)).toBeLessThan(0.08);
});
