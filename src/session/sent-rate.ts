const WINDOW_MS = 2000;
/** Of less nothing is said: it would be the rate of a key frame. */
const LEAST_MS = 1000;

/** How much a stream really uses, over the last two seconds. */
export class SentRate {
  readonly #packets: { atMs: number; bytes: number }[] = [];

  add(bytes: number, nowMs: number): void {
    this.#packets.push({ atMs: nowMs, bytes });
    this.#forget(nowMs);
  }

  /** Undefined where it has not been sent for long enough, or is not any more. */
  kbpsAt(nowMs: number): number | undefined {
    this.#forget(nowMs);
    const [first] = this.#packets;
    if (!first || nowMs - first.atMs < LEAST_MS) return undefined;
    const bytes = this.#packets.reduce((sum, packet) => sum + packet.bytes, 0);
    return (8 * bytes) / (nowMs - first.atMs);
  }

  #forget(nowMs: number): void {
    while (this.#packets.length > 0 && nowMs - this.#packets[0].atMs > WINDOW_MS) this.#packets.shift();
  }
}
