export interface TokenRate {
  /** Tokens that come back each second. */
  ratePerS: number;
  /** Tokens that a full bucket holds. */
  burst: number;
}

/** Tokens that come back at a rate, up to a burst (RFC 2697 calls them committed rate and burst size). */
export class TokenBucket {
  readonly burst: number;
  readonly #ratePerMs: number;
  readonly #now: () => number;
  #level: number;
  #atMs: number;

  /** Full. `now`: milliseconds of any clock that never goes back. */
  constructor({ ratePerS, burst }: TokenRate, now: () => number = performance.now.bind(performance)) {
    this.burst = burst;
    this.#ratePerMs = ratePerS / 1000;
    this.#now = now;
    this.#level = burst;
    this.#atMs = now();
  }

  /** Tokens that are there; below 0 where more was spent than there was. */
  get level(): number {
    const nowMs = this.#now();
    this.#level = Math.min(this.burst, this.#level + (nowMs - this.#atMs) * this.#ratePerMs);
    this.#atMs = nowMs;
    return this.#level;
  }

  /** Takes them if so many are there. @returns whether it did */
  take(tokens = 1): boolean {
    if (this.level < tokens) return false;
    this.#level -= tokens;
    return true;
  }

  /** Takes them in any case: what is not there has to come back before anything is there again. */
  spend(tokens: number): void {
    this.#level = this.level - tokens;
  }

  /** Milliseconds until so many are there; infinite where they never are. */
  waitMs(tokens = 1): number {
    const missing = tokens - this.level;
    if (missing <= 0) return 0;
    return tokens > this.burst ? Number.POSITIVE_INFINITY : missing / this.#ratePerMs;
  }
}
