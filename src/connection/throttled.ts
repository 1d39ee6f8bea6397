/** Does something at once, and what is asked for soon after that once, at the end of an interval. */
export class Throttled {
  readonly #intervalMs: number;
  readonly #action: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #later: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, action: () => void) {
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  request(): void {
    const waitMs = this.#lastMs + this.#intervalMs - performance.now();
    if (waitMs <= 0) this.#act();
    else this.#later ??= setTimeout(() => this.#act(), waitMs).unref();
  }

  /** What was asked for is done now. */
  flush(): void {
    if (this.#later) this.#act();
  }

  /** What was asked for is not done any more. Idempotent. */
  close(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
  }

  #act(): void {
    this.close();
    this.#lastMs = performance.now();
    this.#action();
  }
}
