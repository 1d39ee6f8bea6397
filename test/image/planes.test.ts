import { describe, expect, it } from 'vitest';
import { boxBlur, guidedFilter, resizeSquare } from '../../src/image/planes.ts';

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

  it('blurs by the mean of a window that ends at the border, also in place', () => {
    const [width, height, radius] = [9, 7, 3];
    const picture = Float32Array.from({ length: width * height }, (_, i) => (i * i) % 37);
    const blurred = boxBlur(picture, width, height, radius);
    const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
    for (let i = 0; i < blurred.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      let sum = 0;
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          sum += picture[within(y + dy, height) * width + within(x + dx, width)];
        }
      }
      expect(blurred[i]).toBeCloseTo(sum / (2 * radius + 1) ** 2, 4);
    }
    boxBlur(picture, width, height, radius, picture);
    expect(picture).toEqual(blurred);
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
