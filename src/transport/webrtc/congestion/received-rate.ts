/** What arrives, and for how long packets stand in queues on the way. All by the receiver's clock. */

const WINDOW_MS = 500;
const BASE_WINDOW_MS = 10_000;

export class ReceivedRate {
  #received: { bytes: number; atMs: number; delayMs: number }[] = [];
  #firstAtMs = Number.POSITIVE_INFINITY;
  #newestAtMs = Number.NEGATIVE_INFINITY;
  /** Smallest delay of this and of the previous window. */
  #base = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  #baseSinceMs = Number.NEGATIVE_INFINITY;

  add(bytes: number, sentAtMs: number, receivedAtMs: number): void {
    const delayMs = receivedAtMs - sentAtMs;
    this.#received.push({ bytes, atMs: receivedAtMs, delayMs });
    this.#firstAtMs = Math.min(this.#firstAtMs, receivedAtMs);
    this.#newestAtMs = Math.max(this.#newestAtMs, receivedAtMs);
    if (receivedAtMs - this.#baseSinceMs > BASE_WINDOW_MS) {
      this.#base = [Number.POSITIVE_INFINITY, this.#base[0]];
      this.#baseSinceMs = receivedAtMs;
    }
    this.#base[0] = Math.min(this.#base[0], delayMs);
    while (this.#received[0].atMs < this.#newestAtMs - WINDOW_MS) this.#received.shift();
  }

  /** Of the last half second; undefined before that is over. */
  get kbps(): number | undefined {
    if (!(this.#newestAtMs - this.#firstAtMs >= WINDOW_MS)) return undefined;
    const bytes = this.#received.reduce((sum, packet) => sum + packet.bytes, 0);
    return (bytes * 8) / WINDOW_MS;
  }

  /**
   * Smallest delay of the last half second above the smallest of the last ones: a standing queue, not a burst or a
   * hiccup (as in CoDel, RFC 8289 §3).
   */
  get queueDelayMs(): number {
    if (this.#received.length === 0) return 0;
    return Math.min(...this.#received.map(({ delayMs }) => delayMs)) - Math.min(...this.#base);
  }

  reset(): void {
    this.#received = [];
    this.#firstAtMs = Number.POSITIVE_INFINITY;
    this.#newestAtMs = Number.NEGATIVE_INFINITY;
  }
}
