import { describe, expect, it } from 'vitest';
import { nextBitrate } from '../../../src/transport/webrtc/bitrate-rule.ts';
import { KeyFrameGate } from '../../../src/transport/webrtc/key-frame-gate.ts';
import { NetworkEstimate } from '../../../src/transport/webrtc/network-estimate.ts';

const CALM = { receivedKbps: 1500, lossFraction: 0, queueDelayMs: 5 };

/** A stream of 1200-byte packets through a bottleneck with a queue, for `seconds`. */
function throughBottleneck(sendKbps: number, linkKbps: number, seconds: number): NetworkEstimate {
  const estimate = new NetworkEstimate();
  const byteMs = 8 / linkKbps;
  let linkFreeAtMs = 0;
  let sequence = 65_000;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs += (1200 * 8) / sendKbps) {
    estimate.sent(sequence, 1200, nowMs);
    linkFreeAtMs = Math.max(linkFreeAtMs, nowMs) + 1200 * byteMs;
    // The receiver's clock is another one.
    const packets = [{ sequence, receivedAtMs: linkFreeAtMs + 123_456 }];
    estimate.takeFeedback({ feedbackCount: 0, packets }, nowMs);
    sequence = (sequence + 1) & 0xffff;
  }
  return estimate;
}

describe('NetworkEstimate', () => {
  it('sees the rate and no queue where the link is fast', () => {
    const { receivedKbps, queueDelayMs } = throughBottleneck(1000, 10_000, 3).conditions;
    expect(receivedKbps).toBeGreaterThan(950);
    expect(receivedKbps).toBeLessThan(1050);
    expect(queueDelayMs).toBeLessThan(3);
  });

  it('sees the rate of the link and the queue where it is slow', () => {
    const { receivedKbps, queueDelayMs } = throughBottleneck(1500, 800, 2).conditions;
    expect(receivedKbps).toBeGreaterThan(760);
    expect(receivedKbps).toBeLessThan(840);
    // After a second of 1.5 Mbit/s into 800 kbit/s nearly 0.9 s wait; none of the last second waited less than half.
    expect(queueDelayMs).toBeGreaterThan(400);
  });

  it('takes one hiccup for no queue', () => {
    const estimate = throughBottleneck(1000, 10_000, 3);
    for (let i = 0; i < 20; i++) {
      estimate.sent(40_000 + i, 1200, 3000);
      const packets = [{ sequence: 40_000 + i, receivedAtMs: 3400 + 123_456 }];
      estimate.takeFeedback({ feedbackCount: 0, packets }, 3400);
    }
    expect(estimate.conditions.queueDelayMs).toBeLessThan(3);
  });

  it('knows nothing before there is feedback, and ignores feedback on packets it never sent', () => {
    const estimate = new NetworkEstimate();
    estimate.takeFeedback({ feedbackCount: 0, packets: [{ sequence: 5, receivedAtMs: 1 }] }, 0);
    expect(estimate.conditions).toEqual({ receivedKbps: undefined, lossFraction: 0, queueDelayMs: 0 });
  });
});

describe('nextBitrate', () => {
  it('grows slowly to what was asked for, and no further', () => {
    expect(nextBitrate(1000, 1500, CALM)).toBe(1080);
    expect(nextBitrate(1490, 1500, CALM)).toBe(1500);
  });

  it('falls below what arrives when packets queue up, but never by more than half at once', () => {
    expect(nextBitrate(1500, 1500, { ...CALM, receivedKbps: 1000, queueDelayMs: 300 })).toBe(850);
    expect(nextBitrate(1500, 1500, { ...CALM, receivedKbps: 100, queueDelayMs: 300 })).toBe(750);
    expect(nextBitrate(1500, 1500, { ...CALM, receivedKbps: 1800, queueDelayMs: 300 })).toBe(1425);
  });

  it('falls with high loss, holds with some', () => {
    expect(nextBitrate(1000, 1500, { ...CALM, lossFraction: 0.3 })).toBe(850);
    expect(nextBitrate(1000, 1500, { ...CALM, lossFraction: 0.05 })).toBe(1000);
  });

  it('stays at a floor, or at the maximum where that is lower', () => {
    expect(nextBitrate(160, 1500, { ...CALM, lossFraction: 0.9 })).toBe(150);
    expect(nextBitrate(100, 100, { ...CALM, lossFraction: 0.9 })).toBe(100);
  });
});

/** Pictures of the current bitrate through a link with a queue of 400 ms, with feedback as browsers give it. */
class SimulatedLink {
  readonly #estimate = new NetworkEstimate();
  bitrateKbps: number;
  lostShare = 0;
  #nowMs = 0;
  #linkFreeAtMs = 0;
  #sequence = 0;
  #reported = { sent: 0, lost: 0 };

  constructor(bitrateKbps: number) {
    this.bitrateKbps = bitrateKbps;
  }

  run(seconds: number, linkKbps: number, maxKbps: number): void {
    let [sent, lost] = [0, 0];
    let pending: { sequence: number; receivedAtMs?: number }[] = [];
    for (const end = this.#nowMs + seconds * 1000; this.#nowMs < end; this.#nowMs += 40) {
      const packets = Math.max(1, Math.round((this.bitrateKbps * 40) / 8 / 1200));
      for (let i = 0; i < packets; i++) {
        this.#sequence = (this.#sequence + 1) & 0xffff;
        this.#estimate.sent(this.#sequence, 1200, this.#nowMs);
        sent++;
        const startMs = Math.max(this.#nowMs, this.#linkFreeAtMs);
        if (startMs - this.#nowMs > 400) {
          lost++;
          pending.push({ sequence: this.#sequence });
        } else {
          this.#linkFreeAtMs = startMs + (1200 * 8) / linkKbps;
          pending.push({ sequence: this.#sequence, receivedAtMs: this.#linkFreeAtMs + 20 });
        }
      }
      this.#estimate.takeFeedback({ feedbackCount: 0, packets: pending }, this.#nowMs);
      pending = [];
      if (this.#nowMs % 1000 === 0) {
        this.#estimate.takeReport((lost - this.#reported.lost) / Math.max(1, sent - this.#reported.sent));
        this.#reported = { sent, lost };
        this.bitrateKbps = nextBitrate(this.bitrateKbps, maxKbps, this.#estimate.conditions);
      }
    }
    this.#reported = { sent: 0, lost: 0 };
    this.lostShare = lost / sent;
  }
}

describe('estimate and rule together', () => {
  it.each([300, 500, 800, 1200])(
    'settle around a link of %i kbit/s, and come back when it opens',
    (linkKbps) => {
      const link = new SimulatedLink(1500);
      link.run(10, linkKbps, 1500);
      link.run(20, linkKbps, 1500);
      expect(link.bitrateKbps).toBeLessThan(linkKbps * 1.2);
      expect(link.bitrateKbps).toBeGreaterThan(linkKbps * 0.45);
      expect(link.lostShare).toBeLessThan(0.05);
      link.run(30, 10_000, 1500);
      expect(link.bitrateKbps).toBe(1500);
      expect(link.lostShare).toBe(0);
    },
  );
});

describe('KeyFrameGate', () => {
  it('passes one request per 300 ms on', () => {
    let requests = 0;
    const gate = new KeyFrameGate(() => requests++);
    for (let nowMs = 0; nowMs < 1000; nowMs += 20) gate.ask(nowMs);
    expect(requests).toBe(4);
  });
});
