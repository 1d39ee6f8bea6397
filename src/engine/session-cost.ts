import { MOTION_RATE_HZ } from '../model/motion-frame.ts';
import type { SessionSettings } from '../session/session-api.ts';
import type { SessionStats } from '../transport/wire.ts';

/** Until sessions have been measured: one core of an AMD EPYC at 2.6 GHz, per motion frame and per pixel. */
const FIRST_MOTION_MS = 4;
const FIRST_PIXEL_MS = (9 + 2.1) / (512 * 512);
/** Share of a new measurement; one comes each second from each session. */
const LEARNING_RATE = 0.2;

/** What a session costs its worker, learned from the sessions that run. */
export class SessionCost {
  #motionMs = FIRST_MOTION_MS;
  #pixelMs = FIRST_PIXEL_MS;

  learn({ fps, size }: Pick<SessionSettings, 'fps' | 'size'>, { stages }: SessionStats): void {
    const medianMs = (stage: string) => stages[stage]?.p50 ?? 0;
    // Measured per picture; motion is made 25 times a second however many pictures there are.
    const motionMs = medianMs('motion') * (fps / MOTION_RATE_HZ);
    const pictureMs = medianMs('render') + medianMs('encode');
    if (motionMs > 0) this.#motionMs += LEARNING_RATE * (motionMs - this.#motionMs);
    // Zero as long as nobody has watched.
    if (pictureMs > 0) this.#pixelMs += LEARNING_RATE * (pictureMs / (size * size) - this.#pixelMs);
  }

  /** The share of one worker's time, 0..1 and beyond, that a session takes when somebody watches it. */
  share({ fps, size }: Pick<SessionSettings, 'fps' | 'size'>): number {
    return (MOTION_RATE_HZ * this.#motionMs + fps * size * size * this.#pixelMs) / 1000;
  }
}
