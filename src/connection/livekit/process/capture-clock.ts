/** How quickly the clock follows voice that comes later than before; earlier voice it follows at once. */
const DRIFT_PER_PACKET = 0.02;

/**
 * When a picture was taken, on the clock by which the client stamps it. Voice is stamped when it is handed over;
 * a picture that was under way for longer than the voice of its media time belongs to that voice all the same.
 */
export class CaptureClock {
  readonly #now: () => number;
  /** From media time to this clock. */
  #offsetMs: number | undefined;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** Voice that begins at this media time is handed over. */
  heard(mediaTimeMs: number): void {
    const offsetMs = this.#now() - mediaTimeMs;
    const former = this.#offsetMs ?? offsetMs;
    this.#offsetMs = offsetMs < former ? offsetMs : former + DRIFT_PER_PACKET * (offsetMs - former);
  }

  /** Microseconds: now, where no voice has come yet. */
  captureUs(mediaTimeMs: number): bigint {
    const nowMs = this.#now();
    const takenMs = this.#offsetMs === undefined ? nowMs : mediaTimeMs + this.#offsetMs;
    return BigInt(Math.round(Math.min(nowMs, takenMs) * 1000));
  }
}
