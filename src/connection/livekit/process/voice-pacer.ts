/** As much as the source's queue is given; what comes beyond, in a burst, is kept here. */
const AHEAD_MS = 40;
/** With more than this kept, the oldest is left out. */
const MOST_FRAMES = 40;
export const FRAME_MS = 10;
/** Of 32767. */
const QUIET = 60;
/** What always waits, for so long, nobody needs: it makes all that follows later. */
const [SPARE_MS, SPARE_FOR_MS] = [10, 1000];

/** 10 ms of voice, and its media time. */
export interface VoiceFrame {
  data: Int16Array;
  mediaTimeMs: number;
}

/**
 * Voice on its way to the source, no faster than it goes out. A machine that has stalled brings what it is behind with in
 * a burst, and everything after it comes as much later: it waits here, where what it is behind is made up for in pauses,
 * until no more waits than this machine's stalls need.
 */
export class VoicePacer {
  readonly #now: () => number;
  #frames: VoiceFrame[] = [];
  /** What the source has waiting, as far as that can be told from here. */
  #aheadMs = 0;
  #atMs: number;
  /** The least that waited when voice came, of the current second and the one before. */
  #least = { sinceMs: 0, currentMs: Number.POSITIVE_INFINITY, formerMs: 0 };

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
    this.#atMs = now();
  }

  /** Given to the source and not yet gone out. */
  get aheadMs(): number {
    this.#pass();
    return this.#aheadMs;
  }

  push(frame: VoiceFrame): void {
    const waitingMs = this.aheadMs + FRAME_MS * this.#frames.length;
    const spareMs = this.#noteWaiting(waitingMs);
    if ((waitingMs >= AHEAD_MS || spareMs >= SPARE_MS) && isQuiet(frame.data)) {
      this.#shorten();
      return;
    }
    this.#frames.push(frame);
    if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
  }

  /** Until the next one should go; undefined where there is none. */
  get waitMs(): number | undefined {
    if (this.#frames.length === 0) return undefined;
    this.#pass();
    return Math.max(0, this.#aheadMs + FRAME_MS - AHEAD_MS);
  }

  /** The next one, which goes now. */
  take(): VoiceFrame | undefined {
    const frame = this.#frames.shift();
    if (!frame) return undefined;
    this.#pass();
    this.#aheadMs += FRAME_MS;
    return frame;
  }

  /** What is kept, and what the source has, is not said. */
  clear(): void {
    this.#frames = [];
    this.#aheadMs = 0;
    this.#least = { sinceMs: this.#atMs, currentMs: 0, formerMs: 0 };
  }

  /** @returns how much of it was there even when least was */
  #noteWaiting(waitingMs: number): number {
    const least = this.#least;
    if (this.#atMs - least.sinceMs > SPARE_FOR_MS)
      this.#least = { sinceMs: this.#atMs, currentMs: waitingMs, formerMs: least.currentMs };
    else least.currentMs = Math.min(least.currentMs, waitingMs);
    return Math.min(this.#least.currentMs, this.#least.formerMs);
  }

  /** A frame is left out: as much less waits from here on. */
  #shorten(): void {
    this.#least.currentMs -= FRAME_MS;
    this.#least.formerMs -= FRAME_MS;
  }

  /** Where nothing came in time, the source has sent silence. */
  #pass(): void {
    const nowMs = this.#now();
    this.#aheadMs = Math.max(0, this.#aheadMs - (nowMs - this.#atMs));
    this.#atMs = nowMs;
  }
}

function isQuiet(data: Int16Array): boolean {
  return data.every((sample) => Math.abs(sample) <= QUIET);
}
