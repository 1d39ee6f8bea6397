import { expect, it } from 'vitest';
import { FrameRing } from '../../../src/engine/process/frame-ring.ts';

const numbers = (ring: FrameRing, first: number, end: number) => [...ring.read(first, end)];

it('keeps the newest vectors, and is filled before the first', () => {
  const ring = new FrameRing(4, Float32Array.of(7, 8));
  expect(numbers(ring, -1, 1)).toEqual([7, 8, 7, 8]);
  ring.put(0, Float32Array.of(1, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  expect(numbers(ring, 1, 5)).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
  expect([...ring.at(4)]).toEqual([5, 5]);
});

it('keeps copies of what it is given', () => {
  const ring = new FrameRing(2, new Float32Array(1));
  const given = Float32Array.of(1);
  ring.put(0, given);
  given[0] = 2;
  expect(numbers(ring, 0, 1)).toEqual([1]);
});

it('fills a gap, however long, with one vector', () => {
  const ring = new FrameRing(3, new Float32Array(1));
  ring.put(0, Float32Array.of(1, 2, 3));
  ring.fill(3, 5, Float32Array.of(9));
  expect(numbers(ring, 2, 5)).toEqual([3, 9, 9]);
  ring.fill(5, 1_000_000_000, Float32Array.of(6));
  expect(numbers(ring, 999_999_997, 1_000_000_000)).toEqual([6, 6, 6]);
});
