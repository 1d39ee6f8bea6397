/**
 * How much later than the quickest ones packets of a voice arrive: a histogram with a fading memory, whose upper
 * end is the delay that a jitter buffer needs (as in libwebrtc's NetEq, `relative_arrival_delay_tracker.cc` and
 * `delay_optimizer`).
 */

import { WindowedMinimum } from '../telemetry/windowed-minimum.ts';

const BUCKET_MS = 5;
const BUCKETS = 60;
/** Of the weight of all packets before, with each new one: a memory of some ten seconds. */
const FADING = 0.998;
const QUANTILE = 0.97;
/** The quickest packet is looked for in the last 10 s, so that another clock or another way is followed. */
const BASE_WINDOW_MS = 5000;
const INITIAL_MS = 10;

export class ArrivalDelay {
  readonly #weights = new Float64Array(BUCKETS);
  #total = 0;
  readonly #quickestMs = new WindowedMinimum(BASE_WINDOW_MS);

  /** `mediaMs`: on the sender's clock, `nowMs` on ours. */
  arrived(mediaMs: number, nowMs: number): void {
    this.#quickestMs.add(nowMs - mediaMs, nowMs);
    const bucket = Math.floor(this.behindMs(mediaMs, nowMs) / BUCKET_MS);
    // No buffer waits for those: the network held everything back.
    if (bucket >= BUCKETS) return;
    for (let i = 0; i < BUCKETS; i++) this.#weights[i] *= FADING;
    this.#weights[bucket]++;
    this.#total = this.#total * FADING + 1;
  }

  /** By how much `mediaMs` comes later at `nowMs` than if it had been quickest. */
  behindMs(mediaMs: number, nowMs: number): number {
    return nowMs - mediaMs - this.#quickestMs.value;
  }

  /** Enough for nearly all packets. */
  get neededMs(): number {
    if (this.#total === 0) return INITIAL_MS;
    let sum = 0;
    for (let i = 0; i < BUCKETS; i++) {
      sum += this.#weights[i];
      if (sum >= QUANTILE * this.#total) return (i + 1) * BUCKET_MS;
    }
    return BUCKETS * BUCKET_MS;
  }

  /** Another stream, or another clock. */
  reset(): void {
    this.#quickestMs.reset();
  }
}
