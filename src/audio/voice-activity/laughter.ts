import { BANDS } from './spectrum.ts';

/** Bursts follow each other after so many frames of 20 ms (3.3 to 7 a second), with valleys so deep between them. */
const [SHORTEST_GAP, LONGEST_GAP] = [7, 15];
const VALLEY_DB = 10;
/** Correlation of their spectra: somebody who talks says something else each time. */
const LIKENESS = 0.85;
/** So many bursts after the first are laughter. */
const ENOUGH_BURSTS = 3;
/** A burst is no quieter than this, against the level of the voice and at all. */
const [UNDER_VOICE_DB, LEAST_DB] = [12, -47];
const [RISE, FALL] = [0.15, 0.015];

/** Hears laughter: like bursts of voice or breath, one after the other. */
export class Laughter {
  /** 0..1; rises within 0.15 s, fades in a second and a half. */
  evidence = 0;
  #bursts = 0;
  #sinceBurst = LONGEST_GAP + 1;
  #peak = Number.NEGATIVE_INFINITY;
  readonly #peakBands = new Float32Array(BANDS);
  readonly #burstBands = new Float32Array(BANDS);

  /** @param bands log power in each band @param level of the voice, decibels */
  hear(decibels: number, bands: Float32Array, level: number): void {
    this.#sinceBurst++;
    if (decibels > this.#peak) {
      this.#peak = decibels;
      this.#peakBands.set(bands.subarray(0, BANDS));
    }
    if (this.#peak - decibels > VALLEY_DB) this.#endBurst(decibels, level);
    if (this.#sinceBurst > LONGEST_GAP) this.#bursts = 0;
    const target = this.#bursts >= ENOUGH_BURSTS ? 1 : 0;
    this.evidence += (target > this.evidence ? RISE : FALL) * (target - this.evidence);
  }

  #endBurst(decibels: number, level: number): void {
    if (this.#peak > Math.max(level - UNDER_VOICE_DB, LEAST_DB)) {
      const follows = this.#sinceBurst >= SHORTEST_GAP && this.#sinceBurst <= LONGEST_GAP;
      const alike = correlation(this.#peakBands, this.#burstBands) > LIKENESS;
      this.#bursts = follows && alike ? this.#bursts + 1 : 0;
      this.#sinceBurst = 0;
      this.#burstBands.set(this.#peakBands);
    }
    this.#peak = decibels;
  }
}

function correlation(a: Float32Array, b: Float32Array): number {
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    meanA += a[i] / a.length;
    meanB += b[i] / b.length;
  }
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - meanA) * (b[i] - meanB);
    ofA += (a[i] - meanA) ** 2;
    ofB += (b[i] - meanB) ** 2;
  }
  return both / (Math.sqrt(ofA * ofB) + 1e-9);
}
