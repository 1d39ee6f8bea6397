import { expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import type { SessionStats } from '../../../src/contract/stats.ts';
import { SessionCost } from '../../../src/engine/pool/session-cost.ts';

const latency = 'balanced';
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
  for (let i = 0; i < 60; i++) cost.learn({ fps: 25, ...squareFormat(512), latency }, stats(2, 4, 1));
  expect(cost.share({ fps: 25, ...squareFormat(512), latency })).toBeCloseTo((25 * (2 + 4 + 1)) / 1000, 3);
  expect(cost.share({ fps: 25, ...squareFormat(1024), latency })).toBeCloseTo((25 * (2 + 4 * 5)) / 1000, 3);
  // Twice the pictures, the same motion.
  expect(cost.share({ fps: 50, ...squareFormat(512), latency })).toBeCloseTo((25 * 2 + 50 * 5) / 1000, 3);
  // Half of the motion's time falls to each of twice the pictures: it is the same motion.
  for (let i = 0; i < 60; i++) cost.learn({ fps: 50, ...squareFormat(512), latency }, stats(1, 4, 1));
  expect(cost.share({ fps: 25, ...squareFormat(512), latency })).toBeCloseTo(0.175, 3);
});

it('learns nothing about pictures from sessions that nobody watches', () => {
  const cost = new SessionCost();
  const before =
    cost.share({ fps: 25, ...squareFormat(512), latency }) -
    cost.share({ fps: 25, ...squareFormat(256), latency });
  for (let i = 0; i < 60; i++) cost.learn({ fps: 25, ...squareFormat(512), latency }, stats(3, 0, 0));
  const after =
    cost.share({ fps: 25, ...squareFormat(512), latency }) -
    cost.share({ fps: 25, ...squareFormat(256), latency });
  expect(after).toBeCloseTo(before, 9);
});

it('knows each latency mode on its own', () => {
  const cost = new SessionCost();
  for (let i = 0; i < 60; i++) cost.learn({ fps: 25, ...squareFormat(512), latency: 'low' }, stats(4, 4, 1));
  for (let i = 0; i < 60; i++) cost.learn({ fps: 25, ...squareFormat(512), latency }, stats(2, 4, 1));
  expect(cost.share({ fps: 25, ...squareFormat(512), latency: 'low' })).toBeCloseTo(0.225, 3);
  expect(cost.share({ fps: 25, ...squareFormat(512), latency })).toBeCloseTo(0.175, 3);
});
