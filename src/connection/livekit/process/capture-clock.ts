/** Share of each packet of voice in the mean: of about a second. */
const SHARE_OF_PACKET = 0.02;

/**
 * When a picture was taken, on the clock by which the client stamps it: when the voice of its media time goes out, now a
 * little earlier and now later. It has to be handed over then, too: the client keeps the distances of stamps and takes
 * them to be of now (WebRTC's TimestampAligner).
 */
export class CaptureClock {
  readonly #now: () => number;
  /** From media time to this clock, in the mean. */
  #offsetMs: number | undefined;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** Voice that begins at this media time is handed over, and goes out when what waits before it has. */
  heard(mediaTimeMs: number, waitingMs = 0): void {
    const offsetMs = this.#now() + waitingMs - mediaTimeMs;
    const former = this.#offsetMs ?? offsetMs;
    this.#offsetMs = former + SHARE_OF_PACKET * (offsetMs - former);
  }

  /** Until this picture is to be handed over. */
  holdMs(mediaTimeMs: number): number {
    return this.#offsetMs === undefined ? 0 : Math.max(0, mediaTimeMs + this.#offsetMs - this.#now());
  }

  /** Microseconds: now, where no voice has come yet. */
  captureUs(mediaTimeMs: number): bigint {
    const takenMs = this.#offsetMs === undefined ? this.#now() : mediaTimeMs + this.#offsetMs;
    return BigInt(Math.round(takenMs * 1000));
  }
}
