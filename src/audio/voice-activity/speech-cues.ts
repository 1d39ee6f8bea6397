import { Laughter } from './laughter.ts';
import { Prosody, type Sound, within } from './prosody.ts';

/** Quiet for so long, in frames of 20 ms, is a pause, if so much was said before it; or the end of a turn. */
const [PAUSE_FRAMES, SAID_FRAMES] = [8, 30];
const [TURN_FRAMES, TURN_SAID_FRAMES] = [35, 50];
/** The turn goes on when so much is said again. */
const TURN_GOES_ON_FRAMES = 10;
/** A voiced stretch that ends has risen if the last third of its last frames lies so much above the first. */
const [RISE_FRAMES, RISE_OCTAVES, UNVOICED_FRAMES] = [12, 0.17, 3];
/** No voice jumps so far from frame to frame: the pitch was mistaken there. */
const OCTAVE_ERROR = 0.4;
/** Rises follow each other no faster. */
const RISE_GAP_FRAMES = 50;
/** Nobody answers at once: cues are told so many frames after they are known. */
const [PAUSE_DELAY_FRAMES, RISE_DELAY_FRAMES] = [5, 7];
/** Frames in which a cue fades. */
const [CUE_FRAMES, TURN_CUE_FRAMES] = [60, 200];
const [VOICE_RATE, CONTOUR_RATE] = [0.15, 0.3];

/** In the order of `SpeechCues.values`, as a pack's motion graph takes them. */
export const CUES = ['microphone', 'voice', 'loud', 'pitch', 'pause', 'rise', 'laughter', 'turn'] as const;

/**
 * What a listener answers to in somebody's voice: pauses, ends that rise, laughter, the end of a turn (BEHAVIOUR.md of
 * models/training has the sources). The training hears voices in the same way (speech_cues.py).
 */
export class SpeechCues {
  readonly #prosody = new Prosody();
  readonly #laughter = new Laughter();
  #saidFrames = 0;
  #turnFrames = 0;
  #quietFrames = TURN_FRAMES + 1;
  readonly #since = { pause: CUE_FRAMES, rise: CUE_FRAMES, turn: TURN_CUE_FRAMES };
  #contour: number[] = [];
  #unvoicedFrames = 0;
  #voice = 0;
  #loud = 0;
  #pitch = 0;

  /** Of each of `CUES`: 1 for the microphone; 0..1, loudness and pitch −1..1 against the voice's own. */
  get values(): Float32Array {
    const fading = (frames: number, length: number) => (frames < 0 ? 0 : Math.max(0, 1 - frames / length));
    const { pause, rise, turn } = this.#since;
    const cues = [fading(pause, CUE_FRAMES), fading(rise, CUE_FRAMES), this.#laughter.evidence];
    return Float32Array.of(1, this.#voice, this.#loud, this.#pitch, ...cues, fading(turn, TURN_CUE_FRAMES));
  }

  /** One frame of 20 ms: `bands`, log power in each band; `voice`: whether the detector hears one. */
  hear(sound: Sound, bands: Float32Array, voice: boolean): void {
    const prosody = this.#prosody;
    prosody.hear(sound, voice);
    this.#since.pause++;
    this.#since.rise++;
    this.#since.turn++;
    this.#noticePause();
    this.#noticeRise();
    this.#laughter.hear(sound.decibels, bands, prosody.level);
    const [loud, pitch] = [within(prosody.loud / 10, 1), within(2 * prosody.high, 1)];
    this.#voice += VOICE_RATE * (Number(prosody.sounding) - this.#voice);
    this.#loud += CONTOUR_RATE * ((prosody.sounding ? loud : 0) - this.#loud);
    this.#pitch += CONTOUR_RATE * ((prosody.voiced ? pitch : 0) - this.#pitch);
  }

  #noticePause(): void {
    if (this.#prosody.sounding) {
      this.#saidFrames++;
      this.#turnFrames++;
      this.#quietFrames = 0;
      if (this.#turnFrames > TURN_GOES_ON_FRAMES) this.#since.turn = TURN_CUE_FRAMES;
      return;
    }
    this.#quietFrames++;
    if (this.#quietFrames === PAUSE_FRAMES && this.#saidFrames >= SAID_FRAMES) {
      this.#since.pause = -PAUSE_DELAY_FRAMES;
      this.#saidFrames = 0;
    }
    if (this.#quietFrames !== TURN_FRAMES) return;
    if (this.#turnFrames >= TURN_SAID_FRAMES) this.#since.turn = 0;
    this.#turnFrames = 0;
  }

  #noticeRise(): void {
    if (this.#prosody.voiced) {
      this.#unvoicedFrames = 0;
      this.#contour = [...this.#contour, this.#prosody.high].slice(-RISE_FRAMES);
      return;
    }
    this.#unvoicedFrames++;
    if (this.#unvoicedFrames !== UNVOICED_FRAMES) return;
    const contour = this.#contour;
    this.#contour = [];
    if (contour.length < RISE_FRAMES / 2 || this.#since.rise < RISE_GAP_FRAMES) return;
    const third = Math.floor(contour.length / 3);
    const rise = sum(contour.slice(-third)) - sum(contour.slice(0, third));
    const steady = contour.every((pitch, i) => i === 0 || Math.abs(pitch - contour[i - 1]) < OCTAVE_ERROR);
    if (steady && rise > third * RISE_OCTAVES) this.#since.rise = -RISE_DELAY_FRAMES;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
