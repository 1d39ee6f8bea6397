/** What arrives, and for how long packets stand in queues on the way. All by the receiver's clock. */

import { WindowedMinimum } from '../../../telemetry/windowed-minimum.ts';

const WINDOW_MS = 500;
/** While a link is full it delivers what it carries, in any short time. */
const SHORT_WINDOW_MS = 200;
/** What stands for longer than this is no burst (RFC 8289 §4.3): two pictures, and five packets of voice. */
const QUEUE_WINDOW_MS = 100;
const BASE_WINDOW_MS = 10_000;

export class ReceivedRate {
  #received: { bytes: number; atMs: number; delayMs: number }[] = [];
  #firstAtMs = Number.POSITIVE_INFINITY;
  #newestAtMs = Number.NEGATIVE_INFINITY;
  readonly #baseDelayMs = new WindowedMinimum(BASE_WINDOW_MS);

  add(bytes: number, sentAtMs: number, receivedAtMs: number): void {
    const delayMs = receivedAtMs - sentAtMs;
    this.#received.push({ bytes, atMs: receivedAtMs, delayMs });
    this.#firstAtMs = Math.min(this.#firstAtMs, receivedAtMs);
    this.#newestAtMs = Math.max(this.#newestAtMs, receivedAtMs);
    this.#baseDelayMs.add(delayMs, receivedAtMs);
    while (this.#received[0].atMs < this.#newestAtMs - WINDOW_MS) this.#received.shift();
  }

  /** Of the last half second; undefined before that is over. */
  get kbps(): number | undefined {
    return this.#kbpsOver(WINDOW_MS);
  }

  /** The same of the last 200 ms. */
  get recentKbps(): number | undefined {
    return this.#kbpsOver(SHORT_WINDOW_MS);
  }

  #kbpsOver(windowMs: number): number | undefined {
    if (!(this.#newestAtMs - this.#firstAtMs >= WINDOW_MS)) return undefined;
    const bytes = this.#within(windowMs).reduce((sum, packet) => sum + packet.bytes, 0);
    return (bytes * 8) / windowMs;
  }

  #within(windowMs: number) {
    return this.#received.filter(({ atMs }) => atMs >= this.#newestAtMs - windowMs);
  }

  /**
   * Smallest recent delay above the smallest of the last ten seconds: a standing queue, not a burst (as in CoDel,
   * RFC 8289 §3).
   */
  get queueDelayMs(): number {
    if (this.#received.length === 0) return 0;
    const delays = this.#within(QUEUE_WINDOW_MS).map(({ delayMs }) => delayMs);
    return Math.min(...delays) - this.#baseDelayMs.value;
  }

  reset(): void {
    this.#received = [];
    this.#firstAtMs = Number.POSITIVE_INFINITY;
    this.#newestAtMs = Number.NEGATIVE_INFINITY;
  }
}
