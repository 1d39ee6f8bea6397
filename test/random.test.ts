import { expect, it } from 'vitest';
import { congruentialNumbers, fillGaussian, randomNumbers } from '../src/random.ts';

const draw = (seed: number, frame: number, length = 58) => {
  const values = new Float32Array(length);
  fillGaussian(values, seed, frame);
  return values;
};

it.each([randomNumbers, congruentialNumbers])('%o draws uniformly, the same for the same seed', (numbers) => {
  const [one, same, other] = [numbers(7), numbers(7), numbers(8)];
  const drawn = Array.from({ length: 4000 }, one);
  expect(Array.from({ length: 4000 }, same)).toEqual(drawn);
  expect(other()).not.toBe(drawn[0]);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  const tenths = drawn.reduce(
    (counts, x) => counts.with(Math.floor(10 * x), counts[Math.floor(10 * x)] + 1),
    new Array<number>(10).fill(0),
  );
  for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(100);
});

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
