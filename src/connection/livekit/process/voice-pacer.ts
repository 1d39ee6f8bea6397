/** As much as the source's queue is given; what comes beyond, in a burst, is kept here. */
const AHEAD_MS = 40;
/** What has lain unused for so many frames is given back in the next pause, a frame at a time. */
const SPARE_FRAMES = 300;
/** Until less than this lies unused: messages and timers are late by as much on any machine. */
const SPARE_MS = 20;
/** With more than this kept, the oldest is left out. */
const MOST_FRAMES = 40;
export const FRAME_MS = 10;
/** Of 32767. */
const QUIET = 60;

/** 10 ms of voice, and its media time. */
export interface VoiceFrame {
  data: Int16Array;
  mediaTimeMs: number;
}

/**
 * Voice on its way to the source, no faster than it goes out. A machine that has stalled brings what it is behind with in
 * a burst, and everything after it comes as much later: it waits here, where what it is behind is made up for in pauses.
 * What waits at the source bridges the next stall; where none has needed it for three seconds, it becomes less.
 */
export class VoicePacer {
  readonly #now: () => number;
  #frames: VoiceFrame[] = [];
  /** What the source has waiting, as far as that can be told from here. */
  #aheadMs = 0;
  #atMs: number;
  /** The least that lay before a frame when it came, and of how many frames. */
  #least = { waitingMs: Number.POSITIVE_INFINITY, frames: 0 };

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
    if (this.#isTooLate(waitingMs) && isQuiet(frame.data)) {
      this.#forgetLeast();
      return;
    }
    this.#frames.push(frame);
    if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
  }

  #isTooLate(waitingMs: number): boolean {
    const least = this.#least;
    least.waitingMs = Math.min(least.waitingMs, waitingMs);
    least.frames++;
    if (waitingMs >= AHEAD_MS) return true;
    if (least.frames < SPARE_FRAMES) return false;
    if (least.waitingMs >= SPARE_MS) return true;
    this.#forgetLeast();
    return false;
  }

  #forgetLeast(): void {
    this.#least = { waitingMs: Number.POSITIVE_INFINITY, frames: 0 };
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
    this.#forgetLeast();
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
