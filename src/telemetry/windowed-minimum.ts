/** The smallest of the values of the last one to two windows: what is older is forgotten. */
export class WindowedMinimum {
  readonly #windowMs: number;
  /** Of this and of the previous window. */
  #smallest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  #windowFromMs = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(value: number, nowMs: number): void {
    if (nowMs - this.#windowFromMs > this.#windowMs) {
      this.#smallest = [Number.POSITIVE_INFINITY, this.#smallest[0]];
      this.#windowFromMs = nowMs;
    }
    this.#smallest[0] = Math.min(this.#smallest[0], value);
  }

  /** Infinite before the first value. */
  get value(): number {
    return Math.min(...this.#smallest);
  }

  reset(): void {
    this.#smallest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    this.#windowFromMs = Number.NEGATIVE_INFINITY;
  }
}
