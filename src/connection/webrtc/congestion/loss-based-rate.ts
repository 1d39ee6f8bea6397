/**
 * The rate that the loss allows (draft-ietf-rmcat-gcc-02 §6: down above 10 %, up below 2 %), beyond what is lost
 * at any rate. A radio link that always loses 20 % would be starved otherwise; as in libwebrtc's second
 * loss-based controller, only loss that comes with the rate is a reason to send less.
 */
import type { RateLimits } from './delay-based-rate.ts';

const INTERVAL_MS = 500;
/** Fewer packets say nothing. */
const MIN_PACKETS = 12;
/** Intervals over which loss is averaged; the smallest average of so many is what the way loses anyway. */
const SMOOTHED = 3;
const MEMORY = 40;
/** Averages that it takes to know that. */
const FIRST_VERDICT = 3;
/** Of the loss beyond that; chance makes it differ the more, the larger it is. */
const HIGH_LOSS = 0.1;
const HIGH_PER_USUAL = 0.5;
const LOW_LOSS = 0.02;
const LOW_PER_USUAL = 0.6;
const GROWTH = 1.08;
const FULL_QUEUE_MS = 80;

export interface Sending {
  /** The rate at which is sent. */
  kbps: number;
  /** Of a standing queue on the way. */
  queueDelayMs: number;
}

export class LossBasedRate {
  readonly #limits: RateLimits;
  #kbps: number;
  #sinceMs: number | undefined;
  #packets = 0;
  #lost = 0;
  #losses: number[] = [];
  #averages: number[] = [];

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#kbps = limits.maxKbps;
  }

  get kbps(): number {
    return this.#kbps;
  }

  /** Of the last intervals, 0..1. */
  get lossFraction(): number {
    if (this.#losses.length === 0) return 0;
    return this.#losses.reduce((sum, loss) => sum + loss, 0) / this.#losses.length;
  }

  /** What became of some packets, and how they were sent. */
  take(results: readonly { receivedAtMs: number | undefined }[], sending: Sending, nowMs: number): void {
    this.#sinceMs ??= nowMs;
    this.#packets += results.length;
    this.#lost += results.filter(({ receivedAtMs }) => receivedAtMs === undefined).length;
    if (nowMs - this.#sinceMs < INTERVAL_MS || this.#packets < MIN_PACKETS) return;
    this.takeReport(this.#lost / this.#packets, sending);
    this.#sinceMs = nowMs;
    this.#packets = 0;
    this.#lost = 0;
  }

  /** What a receiver report says instead, where the peers did not agree on transport-wide feedback. */
  takeReport(lossFraction: number, sending: Sending): void {
    this.#losses.push(lossFraction);
    if (this.#losses.length > SMOOTHED) this.#losses.shift();
    if (this.#losses.length === SMOOTHED) this.#averages.push(this.lossFraction);
    if (this.#averages.length > MEMORY) this.#averages.shift();
    this.#decide(sending);
  }

  /** After the way was gone altogether, what was lost meanwhile says nothing. */
  reset(): void {
    this.#sinceMs = undefined;
    this.#packets = 0;
    this.#lost = 0;
    this.#losses = [];
    this.#averages = [];
    this.#kbps = this.#limits.maxKbps;
  }

  #decide({ kbps: sendingKbps, queueDelayMs }: Sending): void {
    // A full queue overflows: that is not the way's own loss.
    const known = this.#averages.length >= FIRST_VERDICT && queueDelayMs < FULL_QUEUE_MS;
    const usual = known ? Math.min(...this.#averages) : 0;
    const loss = this.lossFraction - usual;
    if (loss > HIGH_LOSS + HIGH_PER_USUAL * usual) {
      this.#kbps = Math.min(this.#kbps, sendingKbps) * (1 - 0.5 * loss);
    } else if (loss < LOW_LOSS + LOW_PER_USUAL * usual) {
      this.#kbps *= GROWTH;
    }
    this.#kbps = Math.min(this.#limits.maxKbps, Math.max(this.#limits.minKbps, this.#kbps));
  }
}
