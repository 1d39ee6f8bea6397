import { WindowedMinimum } from '../../../telemetry/windowed-minimum.ts';

/** The quickest way of a frame is looked for in so much time: clocks drift, networks change. */
const WINDOW_MS = 5000;
/** Later than the quickest by more: no network, but another clock, of a tracker that was started anew. */
const LEAP_MS = 1000;
/** Frames that come closer than a millisecond would be shown after their time: no more of them than this. */
const MOST_AHEAD_MS = 40;

/**
 * When on our clock a performer's frames were seen, whose own clock is another: as if all had come as quickly as the
 * quickest, so that the network's unevenness does not become the face's.
 */
export class PerformerClock {
  readonly #quickestMs = new WindowedMinimum(WINDOW_MS);
  #lastTimeMs = Number.NEGATIVE_INFINITY;
  #lastSeenMs = Number.NEGATIVE_INFINITY;

  /** `timeMs`: on the performer's clock. @returns undefined for one that a later one has overtaken, or one too many */
  seenMs(timeMs: number, arrivedMs: number): number | undefined {
    const wayMs = arrivedMs - timeMs;
    if (wayMs - this.#quickestMs.value > LEAP_MS) {
      this.#quickestMs.reset();
      this.#lastTimeMs = Number.NEGATIVE_INFINITY;
    }
    if (timeMs <= this.#lastTimeMs) return undefined;
    this.#lastTimeMs = timeMs;
    this.#quickestMs.add(wayMs, arrivedMs);
    // A quicker one than all before moves all that follow to earlier times, but never before what was seen already.
    const seenMs = Math.max(timeMs + this.#quickestMs.value, this.#lastSeenMs + 1);
    if (seenMs > arrivedMs + MOST_AHEAD_MS) return undefined;
    this.#lastSeenMs = seenMs;
    return seenMs;
  }
}
