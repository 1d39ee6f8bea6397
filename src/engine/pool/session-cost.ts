import type { LatencyMode } from '../../contract/latency.ts';
import { MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import type { SessionStats } from '../../contract/stats.ts';
import type { SessionWork } from './session-work.ts';

/** Until sessions have been measured: one core of an AMD EPYC at 2.6 GHz, per motion frame and per pixel. */
const FIRST_MOTION_MS: Readonly<Record<LatencyMode, number>> = { low: 8, balanced: 4, quality: 2.5 };
const FIRST_DRAWN_PIXEL_MS = 9 / (512 * 512);
const FIRST_ENCODED_PIXEL_MS = 2.1 / (512 * 512);
/** Share of a new measurement; one comes each second from each session. */
const LEARNING_RATE = 0.2;

/** What a session costs its node, learned from the sessions that run. */
export class SessionCost {
  /** Runs of few frames cost more a frame. */
  readonly #motionMs = { ...FIRST_MOTION_MS };
  #drawnPixelMs = FIRST_DRAWN_PIXEL_MS;
  #encodedPixelMs = FIRST_ENCODED_PIXEL_MS;

  learn({ fps, latency, drawnPixels, encodedPixels }: SessionWork, { stages }: SessionStats): void {
    const medianMs = (stage: string) => stages[stage]?.p50 ?? 0;
    // Measured per picture; motion is made 25 times a second however many pictures there are.
    const motionMs = medianMs('motion') * (fps / MOTION_RATE_HZ);
    this.#motionMs[latency] = learned(this.#motionMs[latency], motionMs, 1);
    this.#drawnPixelMs = learned(this.#drawnPixelMs, medianMs('render'), drawnPixels);
    this.#encodedPixelMs = learned(this.#encodedPixelMs, medianMs('encode'), encodedPixels);
  }

  /** The share of one node's time, 0..1 and beyond, that a session takes when somebody watches it. */
  share({ fps, latency, drawnPixels, encodedPixels }: SessionWork): number {
    const pictureMs = drawnPixels * this.#drawnPixelMs + encodedPixels * this.#encodedPixelMs;
    return (MOTION_RATE_HZ * this.#motionMs[latency] + fps * pictureMs) / 1000;
  }
}

/** Zero is measured as long as nobody has watched. */
function learned(known: number, measuredMs: number, parts: number): number {
  return measuredMs > 0 && parts > 0 ? known + LEARNING_RATE * (measuredMs / parts - known) : known;
}
