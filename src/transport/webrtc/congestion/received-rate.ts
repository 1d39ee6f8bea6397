/** What arrives, and for how long packets stand in queues on the way. All by the receiver's clock. */

import { WindowedMinimum } from '../../../telemetry/windowed-minimum.ts';

const WINDOW_MS = 500;
/** What stands for longer than this is no burst: five pictures, and ten packets of voice. */
const QUEUE_WINDOW_MS = 200;
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
    if (!(this.#newestAtMs - this.#firstAtMs >= WINDOW_MS)) return undefined;
    const bytes = this.#received.reduce((sum, packet) => sum + packet.bytes, 0);
    return (bytes * 8) / WINDOW_MS;
  }

  /**
   * Smallest recent delay above the smallest of the last ten seconds: a standing queue, not a burst (as in CoDel,
   * RFC 8289 §3).
   */
  get queueDelayMs(): number {
    if (this.#received.length === 0) return 0;
    const recent = this.#received.filter(({ atMs }) => atMs >= this.#newestAtMs - QUEUE_WINDOW_MS);
    return Math.min(...recent.map(({ delayMs }) => delayMs)) - this.#baseDelayMs.value;
  }

  reset(): void {
    this.#received = [];
    this.#firstAtMs = Number.POSITIVE_INFINITY;
    this.#newestAtMs = Number.NEGATIVE_INFINITY;
  }
}
