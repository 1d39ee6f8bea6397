import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Throttled } from '../../src/connection/throttled.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('does the first at once and the rest of an interval together', () => {
  let done = 0;
  const throttled = new Throttled(40, () => done++);
  for (let i = 0; i < 100; i++) throttled.request();
  expect(done).toBe(1);
  vi.advanceTimersByTime(40);
  expect(done).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(done).toBe(2);
  throttled.request();
  expect(done).toBe(3);
});

it('does at once what waits, if it is told to, and nothing after its end', () => {
  let done = 0;
  const throttled = new Throttled(40, () => done++);
  throttled.flush();
  expect(done).toBe(0);
  throttled.request();
  throttled.request();
  throttled.flush();
  expect(done).toBe(2);
  throttled.request();
  throttled.close();
  vi.advanceTimersByTime(1000);
  expect(done).toBe(2);
});
