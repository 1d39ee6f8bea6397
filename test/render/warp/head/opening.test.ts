import { describe, expect, it } from 'vitest';
import { Opening } from '../../../../src/render/warp/head/opening.ts';

const SIZE = 100;

/** A gap between two corners on a level; `last`: of the upper rim's points, [x, y] in pixels. */
function opening(last: readonly [number, number]): Opening {
  const upper = [[30, 45], [50, 40], last];
  const lower = [30, 50, 70].map((x) => [x, x === 50 ? 60 : 55]);
  const points = [[20, 50], ...upper, ...lower, [80, 50]].flatMap(([x, y]) => [x / SIZE, y / SIZE, 0]);
  return new Opening(Float32Array.from(points), SIZE, 0, [1, 2, 3], [4, 5, 6], 7);
}

describe('Opening', () => {
  it('lies between its rims, from corner to corner', () => {
    const gap = opening([70, 45]);
    expect(gap.gap).toBeCloseTo(20, 0);
    expect(gap.locate(50, 50)).toBe(true);
    expect(gap.coverage(1)).toBe(1);
    expect(gap.locate(50, 35) && gap.coverage(1)).toBe(0);
    expect(gap.locate(82, 50)).toBe(false);
  });

  it('does not reach beyond a corner with one rim only', () => {
    const gap = opening([90, 42]);
    expect(gap.locate(70, 48)).toBe(true);
    expect(gap.coverage(1)).toBe(1);
    expect(gap.locate(86, 47)).toBe(false);
  });
});
