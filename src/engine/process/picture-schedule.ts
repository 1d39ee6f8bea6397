import type { PictureStep } from './load-governor.ts';
import { type PictureClock, WORK_MARGIN_MS } from './picture-clock.ts';

/** Behind by this much, a session can't catch up by leaving pictures out. */
const STALL_MS = 400;

/** Which picture of a session comes next and when it leaves, also after the machine was too busy for a while. */
export class PictureSchedule {
  readonly clock: PictureClock;
  #startMs: number;
  #next: number;
  #step: PictureStep = 1;
  #madeMs: number;

  /** @param clockMs what the session's clock shows at `nowMs`: pictures that were due before are not made */
  constructor(clock: PictureClock, clockMs: number, nowMs: number) {
    this.clock = clock;
    this.#startMs = nowMs - clockMs;
    this.#next = clock.firstDueFrom(clockMs);
    this.#madeMs = nowMs;
  }

  /** Milliseconds on the session's clock. */
  clockMs(nowMs: number): number {
    return nowMs - this.#startMs;
  }

  /** Index of the picture that is made next. */
  get next(): number {
    return this.#next;
  }

  /** The last motion frame of which a picture is made already, or too soon for making it of another one. */
  lastFixedFrame(clockMs: number): number {
    const picture = Math.max(this.#next, this.clock.firstDueFrom(clockMs + WORK_MARGIN_MS)) - 1;
    return Math.ceil(this.clock.motionIndex(picture));
  }

  /** When the next picture should leave. */
  get dueMs(): number {
    return this.#startMs + this.clock.dueMs(this.#next);
  }

  /** Only every `step`-th picture is made; the clock goes on as it is. */
  get step(): PictureStep {
    return this.#step;
  }

  set step(step: PictureStep) {
    this.#step = step;
  }

  /** The next one is being made: goes on to the picture that follows. */
  advance(nowMs: number): void {
    this.#madeMs = nowMs;
    this.#next = this.#following;
  }

  /** On the grid of those that are made. */
  get #following(): number {
    return this.#next + this.#step - (this.#next % this.#step);
  }

  /**
   * After a stall (the machine was busy or asleep) the clock waits for the picture instead of running away from
   * it: voice and picture go on together where they were, and the avatar never freezes for good.
   * @returns milliseconds that were lost
   */
  holdIfStalled(nowMs: number): number {
    const behindMs = nowMs - this.dueMs;
    if (behindMs < STALL_MS) return 0;
    this.#startMs += behindMs;
    return behindMs;
  }

  /**
   * Leaves out pictures that would come late, as long as their motion is there: it has to go on from frame to
   * frame in any case. Where none has been made for long, the newest is made although it is late: a machine so busy
   * that each would come late shows a few, not none.
   * @returns how many
   */
  skipLate(nowMs: number, hasMotion: (index: number) => boolean): number {
    const starved = nowMs - this.#madeMs > STALL_MS;
    let skipped = 0;
    while (nowMs > this.dueMs + this.clock.intervalMs && hasMotion(starved ? this.#following : this.#next)) {
      this.#next = this.#following;
      skipped++;
    }
    return skipped;
  }

  /** Leaves out the pictures that should have left already. */
  skipPast(nowMs: number): void {
    while (this.dueMs < nowMs) this.#next = this.#following;
  }
}
