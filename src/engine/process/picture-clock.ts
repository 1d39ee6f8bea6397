import { MOTION_FRAME_MS, MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { MotionPlan } from './motion-plan.ts';

/**
 * When things leave, in milliseconds on the session's clock (0 = its start).
 *
 * Motion frame n shows the face in the middle of its 40 ms of voice. The block it belongs to can be made once
 * the block's last frame and the lookahead have been heard; every picture and every voice packet then leaves
 * `holdMs` after its own media time, so that voice and picture stay together.
 */
export class PictureClock {
  readonly fps: number;
  /** Time from the media time of a picture or voice packet to its leaving. */
  readonly holdMs: number;
  /** From one block of motion to the next. */
  readonly #blockMs: number;

  constructor(settings: Pick<SessionSettings, 'fps'>, plan: MotionPlan) {
    this.fps = settings.fps;
    this.#blockMs = plan.block * MOTION_FRAME_MS;
    // Between two motion frames a picture has to wait for the later one.
    const interpolationFrames = settings.fps === MOTION_RATE_HZ ? 0 : 1;
    const frames = plan.block + plan.lookaheadFrames + interpolationFrames;
    this.holdMs = frames * MOTION_FRAME_MS + INTAKE_GRACE_MS + WORK_MARGIN_MS;
  }

  /**
   * What the clock shows when a session begins at `nowMs`: before it there was silence, which needs no waiting for, so
   * that the first picture is due almost at once. Sessions of a process make their blocks at the same times, whenever
   * they began, and so in the same runs, each of which costs little more for several of them.
   */
  startMs(nowMs: number): number {
    const least = Math.floor(this.holdMs / MOTION_FRAME_MS) * MOTION_FRAME_MS;
    const past = (nowMs - least) % this.#blockMs;
    return least + (past < 0 ? past + this.#blockMs : past);
  }

  /** Fractional index of the motion frame that picture `index` shows. */
  motionIndex(index: number): number {
    if (this.fps === MOTION_RATE_HZ) return index;
    return ((index + 0.5) * MOTION_RATE_HZ) / this.fps - 0.5;
  }

  mediaTimeMs(index: number): number {
    return (index * 1000) / this.fps;
  }

  get intervalMs(): number {
    return 1000 / this.fps;
  }

  /** The first picture that leaves at `clockMs` or later. */
  firstDueFrom(clockMs: number): number {
    return Math.max(0, Math.ceil((clockMs - this.holdMs) / this.intervalMs));
  }

  /** When picture `index` should leave. */
  dueMs(index: number): number {
    return this.mediaTimeMs(index) + this.holdMs;
  }
}

/** How late live voice may come before silence takes its place: about one packet of network jitter. */
export const INTAKE_GRACE_MS = 20;
/** Time for making the motion, the picture and its encoding, with other sessions in between. */
export const WORK_MARGIN_MS = 15;
