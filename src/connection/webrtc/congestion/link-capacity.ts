/**
 * What the link carried whenever it was overused, with its spread (libwebrtc's `link_capacity_estimator.cc`):
 * near it the bitrate grows carefully, beyond it the link must have changed.
 */
const WEIGHT = 0.05;
const MIN_SPREAD = 0.4;
const MAX_SPREAD = 2.5;

export class LinkCapacity {
  #kbps: number | undefined;
  #spread = MIN_SPREAD;

  get kbps(): number | undefined {
    return this.#kbps;
  }

  /** Received while the link was overused. */
  overused(receivedKbps: number): void {
    const former = this.#kbps ?? receivedKbps;
    this.#kbps = (1 - WEIGHT) * former + WEIGHT * receivedKbps;
    const error = (this.#kbps - receivedKbps) ** 2 / Math.max(1, this.#kbps);
    this.#spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, (1 - WEIGHT) * this.#spread + WEIGHT * error));
  }

  /** Forgets the estimate where so much, or so little, arrives that it can't be true any more. */
  check(receivedKbps: number, bound: 'above' | 'below'): void {
    if (this.#kbps === undefined) return;
    const margin = 3 * Math.sqrt(this.#spread * this.#kbps);
    const outside =
      bound === 'above' ? receivedKbps > this.#kbps + margin : receivedKbps < this.#kbps - margin;
    if (outside) this.#kbps = undefined;
  }

  reset(): void {
    this.#kbps = undefined;
    this.#spread = MIN_SPREAD;
  }
}
