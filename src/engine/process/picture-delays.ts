import type { IntakeLog } from '../../audio/intake-log.ts';
import { VOICE_SAMPLES_PER_FRAME } from '../../audio/speech-timeline.ts';
import { DELAY_STAGES, type PictureDelays } from '../../contract/stats.ts';

/** When the parts of one picture were done, on one clock. */
export interface PictureStamps {
  begunMs: number;
  renderedMs: number;
  encodedMs: number;
}

/** Of a picture that somebody else draws: nothing is done for it here. */
export function stampsOf(nowMs: number): PictureStamps {
  return { begunMs: nowMs, renderedMs: nowMs, encodedMs: nowMs };
}

const KEPT_FRAMES = 64;

/** Takes apart the time from the arrival of voice to its picture. */
export class DelayLog {
  readonly #intake: IntakeLog;
  /** By motion frame: where the voice ends that it needed, and when it was made. */
  readonly #motion: { frame: number; inputEnd: number; madeMs: number }[] = [];

  constructor(intake: IntakeLog) {
    this.#intake = intake;
  }

  /** Motion frames `from` … `to` − 1 have been made from the voice before `inputEnd` (samples at 48 kHz). */
  motionMade(from: number, to: number, inputEnd: number, madeMs: number): void {
    for (let frame = from; frame < to; frame++)
      this.#motion[frame % KEPT_FRAMES] = { frame, inputEnd, madeMs };
  }

  /**
   * @param motionIndex motion frame that the picture shows, fractional between two
   * @param ownEnd where the voice ends that the picture shows, samples at 48 kHz
   * @returns undefined where the session has not been at it for long enough to know
   */
  of(motionIndex: number, ownEnd: number, stamps: PictureStamps): PictureDelays | undefined {
    const frame = Math.max(0, Math.ceil(motionIndex));
    const motion = this.#motion[frame % KEPT_FRAMES];
    const own = this.#intake.at(ownEnd);
    if (motion?.frame !== frame || !own) return undefined;
    const input = this.#intake.at(motion.inputEnd);
    if (!input) return undefined;
    return {
      intake: own.takenMs - own.arrivedMs,
      context: input.takenMs - own.takenMs,
      motion: motion.madeMs - input.takenMs,
      hold: stamps.begunMs - motion.madeMs,
      render: stamps.renderedMs - stamps.begunMs,
      encode: stamps.encodedMs - stamps.renderedMs,
      send: 0,
    };
  }
}

/** From the arrival of a picture's own voice to the picture leaving the encoder, milliseconds. */
export function delayToEncoder(delays: PictureDelays): number {
  return DELAY_STAGES.reduce((sum, stage) => (stage === 'send' ? sum : sum + delays[stage]), 0);
}

/** Where the voice ends that motion frames up to `lastFrame` need, with `lookaheadFrames` of what follows. */
export function inputEnd(lastFrame: number, lookaheadFrames: number): number {
  return Math.ceil((lastFrame + 1 + lookaheadFrames) * VOICE_SAMPLES_PER_FRAME);
}
