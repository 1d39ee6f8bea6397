import { MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import type { LatencyMode, SessionSettings } from '../../contract/session-settings.ts';
import type { SessionStats } from '../../contract/stats.ts';

type Costly = Pick<SessionSettings, 'fps' | 'width' | 'height' | 'latency'>;

/** Until sessions have been measured: one core of an AMD EPYC at 2.6 GHz, per motion frame and per pixel. */
const FIRST_MOTION_MS: Readonly<Record<LatencyMode, number>> = { low: 8, balanced: 4, quality: 2.5 };
const FIRST_PIXEL_MS = (9 + 2.1) / (512 * 512);
/** Share of a new measurement; one comes each second from each session. */
const LEARNING_RATE = 0.2;

/** What a session costs its node, learned from the sessions that run. */
export class SessionCost {
  /** Runs of few frames cost more a frame. */
  readonly #motionMs = { ...FIRST_MOTION_MS };
  #pixelMs = FIRST_PIXEL_MS;

  learn({ fps, width, height, latency }: Costly, { stages }: SessionStats): void {
    const medianMs = (stage: string) => stages[stage]?.p50 ?? 0;
    // Measured per picture; motion is made 25 times a second however many pictures there are.
    const motionMs = medianMs('motion') * (fps / MOTION_RATE_HZ);
    const pictureMs = medianMs('render') + medianMs('encode');
    const known = this.#motionMs[latency];
    if (motionMs > 0) this.#motionMs[latency] = known + LEARNING_RATE * (motionMs - known);
    // Zero as long as nobody has watched.
    if (pictureMs > 0) this.#pixelMs += LEARNING_RATE * (pictureMs / (width * height) - this.#pixelMs);
  }

  /** The share of one node's time, 0..1 and beyond, that a session takes when somebody watches it. */
  share({ fps, width, height, latency }: Costly): number {
    return (MOTION_RATE_HZ * this.#motionMs[latency] + fps * width * height * this.#pixelMs) / 1000;
  }
}
