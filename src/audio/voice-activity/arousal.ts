import { Prosody, within } from './prosody.ts';
import { SpectrumReader, soundOf } from './spectrum.ts';

/** It comes in 0.25 s, and fades in silence in a second; per frame of 20 ms. */
const [RATE, FADE] = [0.08, 0.02];
/** What counts as 1: so many decibels above the voice's own level, or so many octaves above its own pitch. */
const [FULL_DB, FULL_OCTAVES] = [14, 1 / 1.2];

/**
 * How excited a voice is against itself, −1 … 1: louder and higher than it mostly is. It shows within a third of a
 * second, and fades in silence, and as the voice goes on so. The training hears it in the same way (speech_cues.py).
 */
export class Arousal {
  value = 0;
  readonly #prosody = new Prosody();
  readonly #spectra = new SpectrumReader();

  /** `samples`: of a voice alone, mono at 16 kHz, any number. */
  hear(samples: Float32Array): void {
    this.#spectra.push(samples, (spectrum) => {
      const prosody = this.#prosody;
      prosody.hear(soundOf(spectrum), true);
      const high = prosody.voiced ? prosody.high / FULL_OCTAVES : 0;
      const target = within(prosody.loud / FULL_DB + high, 1);
      this.value += prosody.sounding ? RATE * (target - this.value) : -FADE * this.value;
    });
  }
}
