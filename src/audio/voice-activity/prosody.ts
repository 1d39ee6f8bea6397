/** A voice so far below its own level is quiet, and one below this, a sine of full scale having −10, is none; decibels. */
const [QUIET_DB, SILENCE_DB] = [22, -62];
/** Followers of the voice's own level (decibels) and pitch (octaves), per frame; faster in the first frames of a voice. */
const [LEVEL_RATE, PITCH_STEP] = [0.004, 0.006];
const [FIRST_FRAMES, FIRST_PITCH_STEP] = [50, 0.05];
const VOICED = 0.55;
/** A pitch so far below the voice's own is that of every other period. */
const SUBHARMONIC_OCTAVES = 0.55;

/** What one frame of 20 ms sounds like. */
export interface Sound {
  /** Of all bands together. */
  decibels: number;
  periodicity: number;
  /** Above 80 Hz. */
  octaves: number;
}

/** A voice against itself, frame by frame: how much louder and higher it is than it mostly is. */
export class Prosody {
  /** Whether there is a voice in this frame, and whether it has a pitch. */
  sounding = false;
  voiced = false;
  /** Decibels above its own level, in the last frame with a voice. */
  loud = 0;
  /** Octaves above its own pitch, in the last frame with a pitch. */
  high = 0;
  #level = -30;
  #pitch = 1;
  #heardFrames = 0;

  /** Decibels of this voice. */
  get level(): number {
    return this.#level;
  }

  /** `voice`: whether it may be one at all. */
  hear({ decibels, periodicity, octaves }: Sound, voice: boolean): void {
    const known = this.#heardFrames >= FIRST_FRAMES;
    this.sounding = voice && decibels > (this.#heardFrames > 0 ? this.#level - QUIET_DB : SILENCE_DB);
    this.voiced = this.sounding && periodicity > VOICED;
    if (this.sounding) {
      this.#level += (known ? LEVEL_RATE : 1 / (this.#heardFrames + 1)) * (decibels - this.#level);
      this.#heardFrames++;
      this.loud = decibels - this.#level;
    }
    if (this.voiced) {
      const pitch = known && octaves < this.#pitch - SUBHARMONIC_OCTAVES ? octaves + 1 : octaves;
      this.#pitch += within(pitch - this.#pitch, known ? PITCH_STEP : FIRST_PITCH_STEP);
      this.high = pitch - this.#pitch;
    }
  }
}

/** `value`, no further from 0 than this. */
export function within(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
