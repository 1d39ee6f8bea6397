import { describe, expect, it } from 'vitest';
import type { Plane } from '../../src/image/planes.ts';
import { resampleSquare } from '../../src/image/resample.ts';

const square = (size: number, value: (x: number, y: number) => number): Plane =>
  Float32Array.from({ length: size * size }, (_, i) => value(i % size, Math.floor(i / size)));

/** Waves of 7 to 11 texels, as strong as those of a sharp photograph. */
const picture = square(80, (x, y) => 120 + 50 * Math.sin(0.7 * x + 0.3 * y) + 40 * Math.cos(0.6 * y));

function psnr(a: Plane, b: Plane): number {
  const squared = a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
  return 10 * Math.log10(255 ** 2 / squared);
}

describe('resample', () => {
  it('keeps a constant constant', () => {
    for (const to of [8, 20, 32, 51]) {
      for (const value of resampleSquare(
        square(32, () => 7),
        32,
        to,
        255,
      ))
        expect(value).toBeCloseTo(7, 4);
    }
  });

  it('keeps places: a ramp has its values at texel centres', () => {
    const ramp = square(64, (x) => x + 0.5);
    for (const to of [16, 40, 102]) {
      const row = resampleSquare(ramp, 64, to, 255).subarray(0, to);
      for (let x = Math.ceil(to / 4); x < to - to / 4; x++) {
        expect(row[x]).toBeCloseTo(((x + 0.5) * 64) / to, 1);
      }
    }
  });

  it('gives a picture back that was enlarged before', () => {
    const there = resampleSquare(picture, 80, 128, 255);
    expect(psnr(resampleSquare(there, 128, 80, 255), picture)).toBeGreaterThan(45);
  });

  it('leaves nothing of waves that are too fine for fewer texels', () => {
    const stripes = square(96, (x) => (x % 2 === 0 ? 60 : 180));
    const smaller = resampleSquare(stripes, 96, 60, 255);
    for (let x = 6; x < 54; x++) expect(Math.abs(smaller[30 * 60 + x] - 120)).toBeLessThan(4);
  });

  it('stays within what can be stored', () => {
    const edge = square(32, (x) => (x < 16 ? 0 : 255));
    for (const to of [20, 50]) {
      const values = resampleSquare(edge, 32, to, 255);
      expect(Math.min(...values)).toBe(0);
      expect(Math.max(...values)).toBe(255);
    }
  });
});
