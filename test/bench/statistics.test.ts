import { describe, expect, it } from 'vitest';
import { fft } from '../../bench/fft.ts';
import {
  areaUnderCurve,
  bestCorrelation,
  largestAutocorrelation,
  mean,
  pearson,
  quantile,
  standardDeviation,
} from '../../bench/statistics.ts';
import { randomNumbers } from '../../src/random.ts';

describe('statistics', () => {
  it('takes mean, spread and quantiles as NumPy does', () => {
    expect(mean([1, 2, 3, 6])).toBe(3);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 0], 0.95)).toBeCloseTo(9.5);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it('correlates, and finds no likeness in a constant', () => {
    expect(pearson([1, 2, 3], [10, 20, 30])).toBeCloseTo(1);
    expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
    expect(pearson([1, 2, 3], [5, 5, 5])).toBe(0);
  });

  it('says by how much one curve comes later than another', () => {
    const random = randomNumbers(1);
    const curve = Array.from({ length: 200 }, random);
    const later = [0, 0, ...curve.slice(0, -2)];
    expect(bestCorrelation(later, curve, 3)).toMatchObject({ lag: 2, r: expect.closeTo(1, 6) });
    expect(bestCorrelation(curve, later, 3).lag).toBe(-2);
    expect(bestCorrelation(later, curve, 1).r).toBeLessThan(0.5);
  });

  it('finds a loop', () => {
    const random = randomNumbers(2);
    const noise = Array.from({ length: 1000 }, random);
    const loop = Array.from({ length: 1000 }, (_, i) => noise[i % 200]);
    expect(largestAutocorrelation(loop, 125, 400)).toBeCloseTo(1, 1);
    expect(largestAutocorrelation(noise, 125, 400)).toBeLessThan(0.3);
  });

  it('measures the area under the curve, ties counting half', () => {
    expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
    expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
    expect(areaUnderCurve([1, 1], [1, 1])).toBe(0.5);
    expect(areaUnderCurve([2, 4], [1, 3])).toBe(0.75);
  });

  it('transforms a tone into one line of its spectrum', () => {
    const real = Float64Array.from({ length: 64 }, (_, i) => Math.cos((2 * Math.PI * 5 * i) / 64));
    const imaginary = new Float64Array(64);
    fft(real, imaginary);
    const power = real.map((value, i) => value ** 2 + imaginary[i] ** 2);
    expect(power[5]).toBeCloseTo(32 ** 2);
    expect(power[59]).toBeCloseTo(32 ** 2);
    expect(power.filter((value) => value > 1e-6)).toHaveLength(2);
  });
});
