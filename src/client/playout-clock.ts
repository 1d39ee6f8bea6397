/** Spread of packet arrivals that is played through without a gap. */
const JITTER_MS = 60;
/** The delay falls again only when it was this much too long for a whole window. */
const EXCESS_MS = 40;
const WINDOW_MS = 8000;

/**
 * Maps media time to local time, as a jitter buffer does (compare RFC 3550 appendix A.8, there for statistics).
 *
 * Each arriving packet votes with `arrival − media time`. The mapping starts `JITTER_MS` behind the first
 * packet, moves back at once when a packet comes too late, and forward, at a moment that the caller chooses
 * (silence), when everything has come much too early for a while.
 */
export class PlayoutClock {
  #offsetMs: number | undefined;
  #latestMs = Number.NEGATIVE_INFINITY;
  #windowStartMs = 0;

  /**
   * Counts one arrival; call it before asking for the packet's play time. What comes later than `leewayMs` after
   * its due time has no vote.
   */
  arrived(mediaTimeMs: number, nowMs: number, leewayMs = Number.POSITIVE_INFINITY): void {
    const offsetMs = nowMs - mediaTimeMs;
    if (this.#offsetMs !== undefined && offsetMs > this.#offsetMs + leewayMs) return;
    if (this.#offsetMs === undefined) {
      this.#offsetMs = offsetMs + JITTER_MS;
      this.#windowStartMs = nowMs;
    } else if (offsetMs > this.#offsetMs) {
      this.#offsetMs = offsetMs + JITTER_MS / 2;
    }
    this.#latestMs = Math.max(this.#latestMs, offsetMs);
  }

  /** Takes back delay that was not needed; true when it did, and the caller starts a new stretch of sound. */
  tighten(nowMs: number): boolean {
    if (this.#offsetMs === undefined || nowMs - this.#windowStartMs < WINDOW_MS) return false;
    const neededMs = this.#latestMs + JITTER_MS;
    this.#windowStartMs = nowMs;
    this.#latestMs = Number.NEGATIVE_INFINITY;
    if (this.#offsetMs - neededMs < EXCESS_MS) return false;
    this.#offsetMs = neededMs;
    return true;
  }

  /** When a packet of this media time is due; undefined before the first arrival. */
  playTimeMs(mediaTimeMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : mediaTimeMs + this.#offsetMs;
  }

  /** The media time that is due now. */
  mediaTimeMs(nowMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : nowMs - this.#offsetMs;
  }

  reset(): void {
    this.#offsetMs = undefined;
    this.#latestMs = Number.NEGATIVE_INFINITY;
  }
}
