/** Milliseconds that have passed, but for those in which it stood. */
export class StandingClock {
  #stoodMs = 0;
  #standsSinceMs: number | undefined;

  get nowMs(): number {
    return (this.#standsSinceMs ?? performance.now()) - this.#stoodMs;
  }

  stand(): void {
    this.#standsSinceMs ??= performance.now();
  }

  go(): void {
    if (this.#standsSinceMs !== undefined) this.#stoodMs += performance.now() - this.#standsSinceMs;
    this.#standsSinceMs = undefined;
  }
}
