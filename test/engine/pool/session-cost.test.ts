import { expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import type { LatencyMode } from '../../../src/contract/latency.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import type { SessionStats } from '../../../src/contract/stats.ts';
import { SessionCost } from '../../../src/engine/pool/session-cost.ts';
import { workOf } from '../../../src/engine/pool/session-work.ts';

const work = (fps: 25 | 50, side: number, latency: LatencyMode = 'balanced') =>
  workOf({ ...DEFAULT_SETTINGS, ...squareFormat(side), avatarId: 'test', seed: 1, fps, latency });
const stats = (motionMs: number, renderMs: number, encodeMs: number): SessionStats => ({
  fps: 25,
  framesSent: 0,
  framesLate: 0,
  bitrateKbps: 0,
  delayMs: { p50: 0, p95: 0 },
  delayStages: {},
  stages: {
    motion: { p50: motionMs, p95: motionMs },
    render: { p50: renderMs, p95: renderMs },
    encode: { p50: encodeMs, p95: encodeMs },
  },
  encoders: 1,
  queuedMs: 0,
  provider: 'cpu',
});

it('learns from what sessions cost, and scales with size and rate', () => {
  const cost = new SessionCost();
  for (let i = 0; i < 60; i++) cost.learn(work(25, 512), stats(2, 4, 1));
  expect(cost.share(work(25, 512))).toBeCloseTo((25 * (2 + 4 + 1)) / 1000, 3);
  expect(cost.share(work(25, 1024))).toBeCloseTo((25 * (2 + 4 * 5)) / 1000, 3);
  // Twice the pictures, the same motion.
  expect(cost.share(work(50, 512))).toBeCloseTo((25 * 2 + 50 * 5) / 1000, 3);
  // Half of the motion's time falls to each of twice the pictures: it is the same motion.
  for (let i = 0; i < 60; i++) cost.learn(work(50, 512), stats(1, 4, 1));
  expect(cost.share(work(25, 512))).toBeCloseTo(0.175, 3);
});

it('learns nothing about pictures from sessions that nobody watches', () => {
  const cost = new SessionCost();
  const before = cost.share(work(25, 512)) - cost.share(work(25, 256));
  for (let i = 0; i < 60; i++) cost.learn(work(25, 512), stats(3, 0, 0));
  const after = cost.share(work(25, 512)) - cost.share(work(25, 256));
  expect(after).toBeCloseTo(before, 9);
});

it('knows each latency mode on its own', () => {
  const cost = new SessionCost();
  for (let i = 0; i < 60; i++) cost.learn(work(25, 512, 'low'), stats(4, 4, 1));
  for (let i = 0; i < 60; i++) cost.learn(work(25, 512), stats(2, 4, 1));
  expect(cost.share(work(25, 512, 'low'))).toBeCloseTo(0.225, 3);
  expect(cost.share(work(25, 512))).toBeCloseTo(0.175, 3);
});

it('tells what drawing costs from what encoding costs', () => {
  const cost = new SessionCost();
  const one = work(25, 512);
  const two = { ...one, encodedPixels: 2 * one.encodedPixels };
  for (let i = 0; i < 60; i++) cost.learn(two, stats(2, 4, 3));
  expect(cost.share(one)).toBeCloseTo((25 * (2 + 4 + 1.5)) / 1000, 3);
  expect(cost.share({ ...one, drawnPixels: 2 * one.drawnPixels })).toBeCloseTo(
    (25 * (2 + 8 + 1.5)) / 1000,
    3,
  );
});
