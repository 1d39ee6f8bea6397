import { describe, expect, it } from 'vitest';
import { BandwidthEstimate } from '../../../../src/connection/webrtc/congestion/bandwidth-estimate.ts';
import { SimulatedLink } from '../../../support/simulated-link.ts';

const FAST = { kbps: 20_000 };
const LIMITS = { minKbps: 230, maxKbps: 4000 };
const start = (startKbps = 800) => new SimulatedLink({ startKbps, ...LIMITS });

describe('BandwidthEstimate', () => {
  it('grows to what was asked for within seconds where the link is fast', () => {
    const link = start();
    link.run(8, FAST);
    expect(link.estimate.targetKbps).toBe(4000);
    expect(link.lost).toBe(0);
    expect(link.estimate.conditions).toMatchObject({ lossFraction: 0 });
    expect(link.estimate.conditions.queueDelayMs).toBeLessThan(3);
    expect(link.estimate.conditions.receivedKbps).toBeGreaterThan(3700);
  });

  it.each([300, 500, 800, 2000])('settles at a link of %i kbit/s and keeps its queue short', (kbps) => {
    const link = start();
    link.run(15, { kbps }).run(30, { kbps });
    const shares: number[] = [];
    for (let i = 0; i < 100; i++) shares.push(link.run(0.2, { kbps }).estimate.targetKbps / kbps);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.75);
    expect(mean).toBeLessThan(1.05);
    link.run(20, { kbps });
    expect(link.lost / link.sent).toBeLessThan(0.01);
    expect(link.longestQueueMs).toBeLessThan(250);
  });

  it('falls within half a second when the link narrows, and comes back when it opens', () => {
    const link = start(2000);
    link.run(15, { kbps: 2000 });
    link.run(0.7, { kbps: 500 });
    expect(link.estimate.targetKbps).toBeLessThan(1000);
    link.run(10, { kbps: 500 });
    expect(link.estimate.targetKbps).toBeLessThan(550);
    link.run(12, { kbps: 2000 });
    expect(link.estimate.targetKbps).toBeGreaterThan(1500);
  });

  it('empties the queue that has piled up within a second, and then uses the link again', () => {
    const link = start(2000);
    link.run(15, { kbps: 2000 });
    link.run(1, { kbps: 500 });
    expect(link.longestQueueMs).toBeGreaterThan(200);
    link.run(0.7, { kbps: 500 }).run(0.5, { kbps: 500 });
    expect(link.longestQueueMs).toBeLessThan(100);
    expect(link.run(4, { kbps: 500 }).estimate.targetKbps).toBeGreaterThan(400);
  });

  it.each([0.01, 0.05, 0.1, 0.2, 0.3])('is not starved by a link that loses %d of all packets', (loss) => {
    const link = start();
    link.run(30, { kbps: 5000, loss });
    expect(link.estimate.targetKbps).toBeGreaterThan(1000);
  });

  it('sends less where loss comes with the rate: a short queue that overflows', () => {
    const estimate = new BandwidthEstimate(2000, LIMITS);
    let sequence = 0;
    for (let nowMs = 0; nowMs < 120_000; nowMs += 50) {
      const packets = Math.round((estimate.targetKbps * 50) / 8 / 1200);
      const through = Math.min(packets, Math.round((1000 * 50) / 8 / 1200));
      const results = Array.from({ length: packets }, (_, i) => {
        estimate.sent({ sequence: sequence + i, bytes: 1200, sentAtMs: nowMs + i });
        // Which ones are dropped is a matter of chance: spread them.
        const kept = Math.floor(((i + 1) * through) / packets) > Math.floor((i * through) / packets);
        return { sequence: sequence + i, receivedAtMs: kept ? nowMs + i + 30 : undefined };
      });
      sequence += packets;
      estimate.takeFeedback({ feedbackCount: 0, packets: results }, nowMs + 60);
    }
    expect(estimate.targetKbps).toBeLessThan(1400);
    expect(estimate.targetKbps).toBeGreaterThan(700);
  });

  it('does not take jitter or another order for a queue', () => {
    const link = start();
    link.run(20, { ...FAST, delayMs: 80, jitterMs: 15 });
    expect(link.estimate.targetKbps).toBeGreaterThan(2000);
    expect(link.estimate.conditions.lossFraction).toBe(0);
  });

  it('falls where no feedback comes, and is back soon after it comes again', () => {
    const link = start();
    link.run(10, FAST);
    link.run(5, { ...FAST, down: true });
    expect(link.estimate.targetKbps).toBeLessThan(500);
    expect(link.resumed).toBe(0);
    link.run(5, FAST);
    expect(link.resumed).toBe(1);
    expect(link.estimate.targetKbps).toBeGreaterThan(2000);
  });

  it('does not grow on pictures that use only a part of what they may', () => {
    const link = start();
    link.usedShare = 0.4;
    link.run(30, FAST);
    expect(link.estimate.targetKbps).toBeLessThan(900);
  });

  it('stays between its limits', () => {
    const link = new SimulatedLink({ startKbps: 800, minKbps: 230, maxKbps: 1500 });
    expect(link.run(20, { kbps: 100 }).estimate.targetKbps).toBe(230);
    expect(link.run(60, FAST).estimate.targetKbps).toBe(1500);
  });

  it('knows nothing before there is feedback, and ignores feedback on packets it never sent', () => {
    const estimate = new BandwidthEstimate(800, LIMITS);
    estimate.takeFeedback({ feedbackCount: 0, packets: [{ sequence: 5, receivedAtMs: 1 }] }, 0);
    estimate.tick(100_000);
    expect(estimate.targetKbps).toBe(800);
    expect(estimate.conditions.receivedKbps).toBeUndefined();
  });

  it('takes the loss of receiver reports where there is nothing better', () => {
    const estimate = new BandwidthEstimate(1500, LIMITS);
    estimate.takeReport(0.3, 0);
    expect(estimate.targetKbps).toBeLessThan(1300);
  });

  describe('where feedback was agreed on and never comes', () => {
    /** A packet each 20 ms, from `fromMs` on, and of each `reportEveryMs` a report. */
    const send = (
      estimate: BandwidthEstimate,
      fromMs: number,
      toMs: number,
      reportEveryMs: number,
      loss = 0,
    ) => {
      for (let nowMs = fromMs; nowMs < toMs; nowMs += 20) {
        estimate.sent({ sequence: (nowMs / 20) & 0xffff, bytes: 1000, sentAtMs: nowMs });
        if (nowMs > fromMs && nowMs % reportEveryMs === 0) estimate.takeReport(loss, nowMs);
        if (nowMs % 100 === 0) estimate.tick(nowMs);
      }
    };

    it('starts as usual once reports tell that somebody is there, and grows with them to the most', () => {
      const estimate = new BandwidthEstimate(300, LIMITS);
      send(estimate, 0, 5000, Number.POSITIVE_INFINITY);
      expect(estimate.targetKbps).toBe(LIMITS.minKbps);
      estimate.takeReport(0, 5000);
      expect(estimate.targetKbps).toBe(300);
      send(estimate, 5000, 60_000, 1000);
      expect(estimate.targetKbps).toBe(LIMITS.maxKbps);
    });

    it('stays where reports are as rare as they may be, and goes down where they tell of loss or end', () => {
      const estimate = new BandwidthEstimate(300, LIMITS);
      send(estimate, 0, 60_000, 7000);
      expect(estimate.targetKbps).toBeGreaterThan(300);
      const calm = estimate.targetKbps;
      send(estimate, 60_000, 70_000, 1000, 0.4);
      expect(estimate.targetKbps).toBeLessThan(0.6 * calm);
      send(estimate, 70_000, 90_000, Number.POSITIVE_INFINITY);
      expect(estimate.targetKbps).toBe(LIMITS.minKbps);
    });

    it('hears no reports between feedback, and goes by them again where that stops', () => {
      const estimate = new BandwidthEstimate(300, LIMITS);
      const hear = (sequence: number, nowMs: number) => {
        estimate.sent({ sequence, bytes: 1000, sentAtMs: nowMs - 20 });
        estimate.takeFeedback({ feedbackCount: 0, packets: [{ sequence, receivedAtMs: nowMs - 10 }] }, nowMs);
      };
      for (let i = 0; i < 20; i++) {
        hear(i, i * 1000 + 20);
        estimate.takeReport(0.5, i * 1000 + 500);
      }
      expect(estimate.targetKbps).toBe(300);
      send(estimate, 20_000, 22_000, Number.POSITIVE_INFINITY);
      expect(estimate.targetKbps).toBe(LIMITS.minKbps);
      send(estimate, 22_000, 80_000, 1000);
      expect(estimate.targetKbps).toBe(LIMITS.maxKbps);
    });
  });
});
