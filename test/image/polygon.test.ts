import { expect, it } from 'vitest';
import { distanceInside, isInside, type Point } from '../../src/image/polygon.ts';

/** A square of which a triangle is cut out from below. */
const polygon: Point[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [2, 1],
  [0, 4],
];

it('tells inside from outside, and how far away the nearest edge is', () => {
  expect(isInside(2, 0.5, polygon)).toBe(true);
  expect(distanceInside(2, 0.5, polygon)).toBeCloseTo(0.5, 6);
  expect(isInside(2, 3, polygon)).toBe(false);
  expect(distanceInside(2, 3, polygon)).toBeCloseTo((-2 / Math.hypot(2, 3)) * 2, 6);
  expect(distanceInside(-3, 0, polygon)).toBeCloseTo(-3, 6);
});
