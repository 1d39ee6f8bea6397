import { MOTION_SIZE } from '../../../contract/motion-frame.ts';
import type { PerformedFrame, PerformerMix } from '../../../contract/performed-motion.ts';
import { groupOfChannel, mixed } from './mix-motion.ts';
import { PerformerTrack } from './performer-track.ts';

/** In which the voice takes the lips, or leaves them. */
const SPEAKING_TIME_CONSTANT_MS = 100;
/** The mouth falls back behind the face, or catches up, by so much of the time that passes. */
const DELAY_SLOPE = 0.5;

/** A microphone counts as there for so long after the last of it. */
const MICROPHONE_HANG_MS = 1000;

/** What the picture that is about to be drawn is drawn for. */
export interface Scene {
  nowMs: number;
  /** Whether the avatar speaks. */
  speaking: boolean;
}

/**
 * The performer of one session: motion that came in, mixed into the frames of the voice after the model and before they
 * are drawn. Head, eyes and brows are shown as they come. A mouth that is seen beside its own voice waits for that voice,
 * which has to be heard before a face can speak it.
 */
export class Performance {
  readonly #holdMs: number;
  readonly #track = new PerformerTrack();
  #atMs = Number.NEGATIVE_INFINITY;
  #speaking = 0;
  #mouthDelayMs = 0;
  /** When a microphone was heard last. */
  #microphoneMs = Number.NEGATIVE_INFINITY;

  /** `holdMs`: by how much the voice is heard later than it was said. */
  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  take(frame: PerformedFrame, arrivedMs: number): void {
    this.#track.take(frame, arrivedMs);
  }

  /** What the avatar says is what a microphone hears now: the performer's own voice. */
  hearVoice(nowMs: number): void {
    this.#microphoneMs = nowMs;
  }

  /** @returns `frame` itself where there is no performer, else a mixed copy; call once for each picture, in order */
  apply(frame: Float32Array, mix: PerformerMix, scene: Scene): Float32Array {
    const { nowMs } = scene;
    this.#advance(scene);
    const track = this.#track;
    if (!track.present) return frame;
    track.fade(nowMs);
    if (!track.present) return frame;
    const result = frame.slice();
    for (let channel = 0; channel < MOTION_SIZE; channel++) {
      const share = track.shareOf(channel);
      if (share === 0) continue;
      const group = groupOfChannel(channel);
      const performed = track.valueAt(channel, nowMs - (group === 'mouth' ? this.#mouthDelayMs : 0));
      const values = { voice: frame[channel], performed, share, speaking: this.#speaking };
      result[channel] = mixed(channel, mix[group], values);
    }
    return result;
  }

  #advance({ nowMs, speaking }: Scene): void {
    const elapsedMs = Math.min(1000, nowMs - this.#atMs);
    this.#atMs = nowMs;
    const follows = 1 - Math.exp(-elapsedMs / SPEAKING_TIME_CONSTANT_MS);
    this.#speaking += follows * ((speaking ? 1 : 0) - this.#speaking);
    const voiceDelayMs = nowMs - this.#microphoneMs < MICROPHONE_HANG_MS ? this.#holdMs : 0;
    const most = DELAY_SLOPE * elapsedMs;
    this.#mouthDelayMs += Math.max(-most, Math.min(most, voiceDelayMs - this.#mouthDelayMs));
  }
}
