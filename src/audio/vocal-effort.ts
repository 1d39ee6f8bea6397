/** A frame of motion. */
const FRAME_S = 0.04;
/** A voice so far below its own level pauses, and nothing below this is one; decibels of full scale. */
const [PAUSE_DB, SILENCE_DB] = [15, -60];
/** Its own level is followed in so many seconds, and what it is above that in so many. */
const [LEVEL_S, EFFORT_S] = [5, 0.6];
const LARGEST_DB = 15;

const shareOf = (seconds: number) => 1 - Math.exp(-FRAME_S / seconds);

/**
 * How much louder a voice is just now than it mostly is, decibels: who calls out, and who mumbles. Pauses say nothing.
 * A microphone's gain has no part in it.
 */
export class VocalEffort {
  decibels = 0;
  #level = 0;
  #heardFrames = 0;

  /** `samples`: the 40 ms of one motion frame. */
  hear(samples: Float32Array): void {
    // By hand: `reduce` makes an object of each sample.
    let energy = 0;
    for (let i = 0; i < samples.length; i++) energy += samples[i] * samples[i];
    const power = energy / Math.max(1, samples.length);
    const loud = 10 * Math.log10(power + 1e-12);
    const quietest = this.#heardFrames > 0 ? this.#level - PAUSE_DB : SILENCE_DB;
    if (loud <= Math.max(quietest, SILENCE_DB)) return;
    this.#heardFrames++;
    this.#level += Math.max(shareOf(LEVEL_S), 1 / this.#heardFrames) * (loud - this.#level);
    const above = Math.max(-LARGEST_DB, Math.min(LARGEST_DB, loud - this.#level));
    this.decibels += shareOf(EFFORT_S) * (above - this.decibels);
  }
}
