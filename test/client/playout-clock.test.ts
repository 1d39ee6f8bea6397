import { expect, test } from 'vitest';
import { PlayoutClock } from '../../src/client/playout-clock.ts';

test('media plays a constant delay after its first packet, whatever the jitter below it', () => {
  const clock = new PlayoutClock();
  expect(clock.playTimeMs(0)).toBeUndefined();
  clock.arrived(0, 1000);
  const first = clock.playTimeMs(0)!;
  for (const [mediaTimeMs, jitterMs] of [
    [20, 5],
    [40, 50],
    [60, 0],
  ]) {
    clock.arrived(mediaTimeMs, 1000 + mediaTimeMs + jitterMs);
    expect(clock.playTimeMs(mediaTimeMs)).toBe(first + mediaTimeMs);
  }
  expect(clock.mediaTimeMs(first + 60)).toBe(60);
});

test('a packet that comes too late moves the clock back so that it can still play', () => {
  const clock = new PlayoutClock();
  clock.arrived(0, 0);
  clock.arrived(20, 500);
  expect(clock.playTimeMs(20)!).toBeGreaterThan(500);
});

test('what comes later than its leeway moves nothing', () => {
  const clock = new PlayoutClock();
  clock.arrived(0, 0);
  const due = clock.playTimeMs(20)!;
  clock.arrived(20, due + 121, 120);
  expect(clock.playTimeMs(20)).toBe(due);
  clock.arrived(20, due + 119, 120);
  expect(clock.playTimeMs(20)!).toBeGreaterThan(due + 119);
});

test('delay that is not needed any more is taken back, but only after a window', () => {
  const clock = new PlayoutClock();
  clock.arrived(0, 0);
  clock.arrived(20, 500);
  for (let at = 40; at < 20_000; at += 20) clock.arrived(at, at);
  const before = clock.playTimeMs(20_000)!;
  // The first window still holds the late packet, the second does not.
  expect(clock.tighten(20_000)).toBe(false);
  expect(clock.tighten(20_010)).toBe(false);
  for (let at = 20_020; at < 30_000; at += 20) clock.arrived(at, at);
  expect(clock.tighten(30_000)).toBe(true);
  expect(clock.playTimeMs(20_000)!).toBeLessThan(before);
  expect(clock.playTimeMs(30_000)!).toBeGreaterThan(30_000);
});

test('after a reset it starts anew', () => {
  const clock = new PlayoutClock();
  clock.arrived(0, 0);
  clock.reset();
  expect(clock.mediaTimeMs(10)).toBeUndefined();
  clock.arrived(0, 5000);
  expect(clock.playTimeMs(0)!).toBeGreaterThan(5000);
});
