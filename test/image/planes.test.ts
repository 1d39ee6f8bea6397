import { describe, expect, it } from 'vitest';
import { boxBlur, guidedFilter, pushPull, resizeSquare } from '../../src/image/planes.ts';

const square = (size: number, value: (x: number, y: number) => number) =>
  Float32Array.from({ length: size * size }, (_, i) => value(i % size, Math.floor(i / size)));

describe('planes', () => {
  it('keeps a constant constant', () => {
    const flat = square(32, () => 7);
    for (const plane of [boxBlur(flat, 32, 32, 3), resizeSquare(flat, 32, 8), resizeSquare(flat, 32, 48)]) {
      for (const value of plane) expect(value).toBeCloseTo(7, 4);
    }
  });

  it('resamples a ramp at texel centres', () => {
    const ramp = resizeSquare(
      square(64, (x) => x + 0.5),
      64,
      16,
    );
    expect([...ramp.slice(0, 4)]).toEqual([2, 6, 10, 14]);
  });

  it('fills a hole smoothly from around it', () => {
    const size = 64;
    const inside = (x: number, y: number) => x > 20 && x < 44 && y > 20 && y < 44;
    const [filled] = pushPull(
      [square(size, (x, y) => (inside(x, y) ? 999 : x))],
      square(size, (x, y) => (inside(x, y) ? 0 : 1)),
      size,
    );
    expect(filled[32 * size + 10]).toBe(10);
    for (let x = 21; x < 44; x++) {
      expect(filled[32 * size + x]).toBeGreaterThan(10);
      expect(filled[32 * size + x]).toBeLessThan(54);
    }
  });

  it('snaps a blurred matte to the edge of its guide', () => {
    const size = 64;
    const guide = square(size, (x) => (x < 32 ? 0.2 : 0.8));
    const blurred = boxBlur(
      square(size, (x) => (x < 34 ? 0 : 1)),
      size,
      size,
      4,
    );
    const matte = guidedFilter(guide, blurred, size, 6, 1e-4);
    const row = matte.subarray(32 * size, 33 * size);
    expect(row[31]).toBeLessThan(0.35);
    expect(row[32] - row[31]).toBeGreaterThan(
      3 * Math.abs(blurred[32 * size + 32] - blurred[32 * size + 31]),
    );
  });
});
