import { describe, expect, it } from 'vitest';
import { pushPull, pushPullInPlace } from '../../src/image/push-pull.ts';

const square = (size: number, value: (x: number, y: number) => number) =>
  Float32Array.from({ length: size * size }, (_, i) => value(i % size, Math.floor(i / size)));

describe('pushPull', () => {
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

  it('leaves the planes as they were, unless nobody needs them', () => {
    const plane = square(8, (x) => x);
    const weight = square(8, (x) => (x < 4 ? 1 : 0));
    const [filled] = pushPull([plane], weight, 8);
    expect(plane[7]).toBe(7);
    pushPullInPlace([plane], weight, 8);
    expect(plane).toEqual(filled);
  });
});
