import { expect, it } from 'vitest';
import { TokenBucket } from '../../src/budget/token-bucket.ts';

function clock() {
  let nowMs = 0;
  return { now: () => nowMs, pass: (ms: number) => (nowMs += ms) };
}

it('holds a burst and gets its tokens back at the rate', () => {
  const { now, pass } = clock();
  const bucket = new TokenBucket({ ratePerS: 2, burst: 3 }, now);
  expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, true, false]);
  expect(bucket.waitMs()).toBe(500);
  pass(499);
  expect(bucket.take()).toBe(false);
  pass(1);
  expect(bucket.take()).toBe(true);
  pass(1_000_000);
  expect(bucket.level).toBe(3);
});

it('goes into debt where it has to, and pays that back first', () => {
  const { now, pass } = clock();
  const bucket = new TokenBucket({ ratePerS: 10, burst: 5 }, now);
  bucket.spend(15);
  expect(bucket.level).toBe(-10);
  expect(bucket.waitMs(1)).toBe(1100);
  pass(1100);
  expect(bucket.take()).toBe(true);
});

it('says that more than it can hold never comes', () => {
  expect(new TokenBucket({ ratePerS: 1, burst: 2 }).waitMs(3)).toBe(Number.POSITIVE_INFINITY);
});
