import { BandwidthEstimate } from '../../src/connection/webrtc/congestion/bandwidth-estimate.ts';
import { randomNumbers } from '../../src/random.ts';

export interface LinkConditions {
  kbps: number;
  /** Of random loss, 0..1. */
  loss?: number;
  delayMs?: number;
  jitterMs?: number;
  /** Nothing gets through. */
  down?: boolean;
}

const PICTURE_MS = 40;
const FEEDBACK_MS = 60;
const PACKET_BYTES = 1200;
const QUEUE_MS = 400;
const CLOCK_OFFSET_MS = 123_456;

/**
 * Pictures at the rate that the estimate allows, through a link with a queue of 400 ms, and feedback as browsers
 * give it: as fast as it can be computed, the same on every run.
 */
export class SimulatedLink {
  readonly estimate: BandwidthEstimate;
  /** Bytes that arrived and packets, since `run` was called last. */
  sent = 0;
  lost = 0;
  /** Longest wait in the queue since `run` was called last. */
  longestQueueMs = 0;
  /** Share of the target that the encoder uses. */
  usedShare = 1;
  /** Outages that the estimate saw end. */
  resumed = 0;
  nowMs = 0;
  #linkFreeAtMs = 0;
  #sequence = 65_000;
  #feedbackAtMs = 0;
  #feedbackCount = 0;
  #arrivals: { sequence: number; sentAtMs: number; arrivesAtMs: number | undefined }[] = [];
  readonly #random = randomNumbers(7);

  constructor(options: { startKbps: number; minKbps: number; maxKbps: number }) {
    this.estimate = new BandwidthEstimate(options.startKbps, options);
  }

  run(seconds: number, link: LinkConditions): this {
    this.sent = 0;
    this.lost = 0;
    this.longestQueueMs = 0;
    const end = this.nowMs + seconds * 1000;
    for (; this.nowMs < end; this.nowMs += 5) {
      if (this.nowMs % PICTURE_MS === 0) this.#sendPicture(link);
      if (this.nowMs >= this.#feedbackAtMs) this.#giveFeedback(link);
      if (this.nowMs % 100 === 0) this.estimate.tick(this.nowMs);
    }
    return this;
  }

  #sendPicture({ kbps, loss = 0, delayMs = 20, jitterMs = 0, down = false }: LinkConditions): void {
    const bytes = (this.usedShare * this.estimate.targetKbps * PICTURE_MS) / 8;
    const count = Math.max(1, Math.round(bytes / PACKET_BYTES));
    for (let i = 0; i < count; i++) {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      const sentAtMs = this.nowMs + i;
      const size = Math.round(bytes / count);
      this.estimate.sent({ sequence: this.#sequence, bytes: size, sentAtMs });
      this.sent++;
      const startMs = Math.max(sentAtMs, this.#linkFreeAtMs);
      const dropped = startMs - sentAtMs > QUEUE_MS;
      if (!dropped && !down) this.#linkFreeAtMs = startMs + (size * 8) / kbps;
      this.longestQueueMs = Math.max(this.longestQueueMs, startMs - sentAtMs);
      const lost = down || dropped || this.#random() < loss;
      if (lost) this.lost++;
      const arrivesAtMs = lost ? undefined : this.#linkFreeAtMs + delayMs + jitterMs * this.#random();
      this.#arrivals.push({ sequence: this.#sequence, sentAtMs, arrivesAtMs });
    }
  }

  /** What has arrived by now, and all before it that has not. */
  #giveFeedback({ delayMs = 20, down = false }: LinkConditions): void {
    this.#feedbackAtMs = this.nowMs + FEEDBACK_MS;
    if (down) return;
    const seenMs = this.nowMs - delayMs;
    const last = this.#arrivals.findLastIndex(({ arrivesAtMs }) => (arrivesAtMs ?? Number.NaN) <= seenMs);
    const reported = this.#arrivals.slice(0, last + 1);
    const later = reported.filter(({ arrivesAtMs }) => arrivesAtMs !== undefined && arrivesAtMs > seenMs);
    this.#arrivals = [...later, ...this.#arrivals.slice(last + 1)];
    const packets = reported.map(({ sequence, arrivesAtMs }) => ({
      sequence,
      receivedAtMs:
        arrivesAtMs !== undefined && arrivesAtMs <= seenMs ? arrivesAtMs + CLOCK_OFFSET_MS : undefined,
    }));
    if (packets.length === 0) return;
    if (this.estimate.takeFeedback({ feedbackCount: this.#feedbackCount++, packets }, this.nowMs))
      this.resumed++;
  }
}
