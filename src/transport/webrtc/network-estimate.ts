/**
 * What the feedback says about the way to the receiver: how much arrives, how much is lost, and how long
 * packets queue on the way. The queue is the smallest one-way delay of the last second above the smallest of
 * the last ones: a standing queue, not a burst or a hiccup (as in CoDel, RFC 8289 §3).
 */
import type { TransportFeedback } from './transport-feedback.ts';

export interface NetworkConditions {
  /** Received in the last second, or undefined before there is feedback. */
  receivedKbps: number | undefined;
  /** By the last receiver report, 0..1. */
  lossFraction: number;
  queueDelayMs: number;
}

const WINDOW_MS = 1000;
const BASE_WINDOW_MS = 10_000;
/** Packets on their way: a few seconds at the highest rate. */
const MAX_IN_FLIGHT = 4096;

export class NetworkEstimate {
  readonly #inFlight = new Map<number, { bytes: number; sentAtMs: number }>();
  #received: { bytes: number; atMs: number; delayMs: number }[] = [];
  /** Smallest delay of this and of the previous window. */
  #base = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  #baseSinceMs = 0;
  #lossFraction = 0;

  sent(sequence: number, bytes: number, nowMs: number): void {
    this.#inFlight.delete(sequence);
    this.#inFlight.set(sequence, { bytes, sentAtMs: nowMs });
    if (this.#inFlight.size > MAX_IN_FLIGHT)
      this.#inFlight.delete(this.#inFlight.keys().next().value as number);
  }

  takeFeedback(feedback: TransportFeedback, nowMs: number): void {
    for (const { sequence, receivedAtMs } of feedback.packets) {
      const packet = this.#inFlight.get(sequence);
      if (!packet || receivedAtMs === undefined) continue;
      this.#inFlight.delete(sequence);
      const delayMs = receivedAtMs - packet.sentAtMs;
      this.#received.push({ bytes: packet.bytes, atMs: receivedAtMs, delayMs });
      this.#takeBase(delayMs, nowMs);
    }
    const newest = this.#received.at(-1)?.atMs ?? 0;
    this.#received = this.#received.filter(({ atMs }) => atMs > newest - WINDOW_MS);
  }

  takeReport(fractionLost: number): void {
    this.#lossFraction = fractionLost;
  }

  get conditions(): NetworkConditions {
    const bytes = this.#received.reduce((sum, packet) => sum + packet.bytes, 0);
    const delayMs = Math.min(...this.#received.map((packet) => packet.delayMs));
    return {
      receivedKbps: this.#received.length > 0 ? (bytes * 8) / WINDOW_MS : undefined,
      lossFraction: this.#lossFraction,
      queueDelayMs: this.#received.length > 0 ? delayMs - Math.min(...this.#base) : 0,
    };
  }

  #takeBase(delayMs: number, nowMs: number): void {
    if (nowMs - this.#baseSinceMs > BASE_WINDOW_MS) {
      this.#base = [Number.POSITIVE_INFINITY, this.#base[0]];
      this.#baseSinceMs = nowMs;
    }
    this.#base[0] = Math.min(this.#base[0], delayMs);
  }
}
