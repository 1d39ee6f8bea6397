/** Until a session has ended, one is thought to last so long. */
const FIRST_GUESS_S = 120;
/** The habits of today's users count, not of last week's. */
const REMEMBERED_ENDS = 32;

/** How long sessions last, learned from those that have ended and those that still run. */
export class SessionLifetimes {
  readonly #startsMs = new Map<string, number>();
  readonly #lifetimesS = [FIRST_GUESS_S];
  readonly #nowMs: () => number;

  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  started(session: string): void {
    this.#startsMs.set(session, this.#nowMs());
  }

  /** Idempotent. */
  ended(session: string): void {
    const startMs = this.#startsMs.get(session);
    if (startMs === undefined) return;
    this.#startsMs.delete(session);
    this.#lifetimesS.push((this.#nowMs() - startMs) / 1000);
    if (this.#lifetimesS.length > REMEMBERED_ENDS) this.#lifetimesS.shift();
  }

  /**
   * Time that sessions have run, the running ones too, for each that has ended: the most likely mean of lifetimes
   * that are exponentially distributed. Long sessions count before they end.
   */
  get meanS(): number {
    const runningMs = [...this.#startsMs.values()].reduce((sum, startMs) => sum + this.#nowMs() - startMs, 0);
    const endedS = this.#lifetimesS.reduce((sum, lifetimeS) => sum + lifetimeS, 0);
    return (endedS + runningMs / 1000) / this.#lifetimesS.length;
  }

  /** Seconds until so many of the running sessions can be expected to have ended. */
  expectedS(ends: number): number {
    return (ends * this.meanS) / Math.max(1, this.#startsMs.size);
  }
}
