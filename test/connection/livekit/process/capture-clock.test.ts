import { expect, it } from 'vitest';
import { CaptureClock } from '../../../../src/connection/livekit/process/capture-clock.ts';

it('stamps a picture with the time at which the voice of its media time is handed over, in the mean', () => {
  let nowMs = 0;
  const clock = new CaptureClock(() => nowMs);
  nowMs = 5000;
  expect(clock.captureUs(0)).toBe(5_000_000n);
  for (let mediaTimeMs = 0; mediaTimeMs < 10_000; mediaTimeMs += 20) {
    // Now earlier, now later, 100 ms after its media time in the mean.
    nowMs = 1000 + mediaTimeMs + (mediaTimeMs % 40 === 0 ? 80 : 120);
    clock.heard(mediaTimeMs);
  }
  // However late the picture itself is.
  for (const lateMs of [0, 200]) {
    nowMs = 11_100 + lateMs;
    expect(Math.abs(Number(clock.captureUs(10_000)) / 1000 - 11_100)).toBeLessThan(2);
  }
});

it('has a picture wait for the voice of its media time, where that goes out later', () => {
  let nowMs = 0;
  const clock = new CaptureClock(() => nowMs);
  expect(clock.holdMs(0)).toBe(0);
  for (let mediaTimeMs = 0; mediaTimeMs < 10_000; mediaTimeMs += 10) {
    nowMs = 1000 + mediaTimeMs;
    clock.heard(mediaTimeMs, 25);
  }
  nowMs = 11_000;
  expect(clock.holdMs(10_000)).toBeCloseTo(25);
  nowMs = 11_010;
  expect(clock.holdMs(10_000)).toBeCloseTo(15);
  nowMs = 11_100;
  expect(clock.holdMs(10_000)).toBe(0);
});
