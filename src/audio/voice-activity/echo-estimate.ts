import { BANDS } from './spectrum.ts';

/** Longest way of the voice to the loudspeaker and back, in frames of 20 ms: half a second, and what networks add. */
const WAYS = 36;
/** Logarithms of power are followed with this memory (1 s), and their likeness with this one (3 s). */
const [MEAN_FADING, LIKENESS_FADING] = [0.98, 0.9933];
/** Below this (full scale: about 0.1) nothing of it comes back. */
const AUDIBLE = 1e-6;
/** Likeness from which what the microphone hears follows what was played; voices of two people stay below 0.3. */
const ALIKE = 0.4;
/** Of power: a loudspeaker is not expected to be louder, before it has been heard (−12 dB). */
const EXPECTED_GAIN = 0.06;
/** The gain of each band follows the median, by so much a frame. */
const GAIN_STEP = 10 ** 0.04;
const LEAST_GAIN = 1e-6;
/** By so much a frame a room dies away at least (60 dB in a second). */
const REVERBERATION = 0.76;

/**
 * How much of what the microphone hears is the avatar's own voice from a loudspeaker: in each band, from what was
 * played. The way (delay) is the one at which the two are most alike; how loud it comes back is learnt there. Until it
 * has been heard, every way is thought possible. Works on powers, as residual echo suppressors do: no wave form has to
 * fit, so that clocks, networks and codecs may lie between.
 */
export class EchoEstimate {
  /** What was played in the last frames, power and logarithm without its mean; a ring. */
  readonly #played = Array.from({ length: WAYS + 2 }, () => new Float64Array(BANDS));
  readonly #movements = Array.from({ length: WAYS + 2 }, () => new Float64Array(BANDS));
  readonly #playedMean = new Float64Array(BANDS).fill(-10);
  readonly #heardMean = new Float64Array(BANDS).fill(-10);
  readonly #heard = new Float64Array(BANDS);
  readonly #products = new Float64Array(WAYS);
  readonly #playedEnergy = new Float64Array(WAYS);
  #heardEnergy = 1e-9;
  readonly #gains = new Float64Array(BANDS).fill(EXPECTED_GAIN);
  readonly #echo = new Float64Array(BANDS);
  #newest = 0;
  #audibleFrames = 0;

  /** What was played in a frame, `Float64Array [24]`: the power in each band. */
  play(bands: Float64Array): void {
    this.#newest = (this.#newest + 1) % this.#played.length;
    const [power, movement] = [this.#played[this.#newest], this.#movements[this.#newest]];
    power.set(bands);
    move(bands, this.#playedMean, movement);
    this.#audibleFrames = sum(bands) > AUDIBLE ? WAYS : Math.max(0, this.#audibleFrames - 1);
  }

  /** What of these bands is echo; valid until the next call. */
  of(heard: Float64Array): Float64Array {
    const echo = this.#echo;
    if (this.#audibleFrames === 0) return echo.fill(0);
    move(heard, this.#heardMean, this.#heard);
    const { way, likeness } = this.#findWay();
    const known = likeness > ALIKE;
    if (known) this.#learn(heard, way);
    for (let band = 0; band < BANDS; band++) {
      const loudest = known ? this.#loudest(band, way - 1, way + 2) : this.#loudest(band, 0, WAYS);
      echo[band] = Math.max(loudest * this.#gains[band], REVERBERATION * echo[band]);
    }
    if (!known) this.#doubt(heard);
    return echo;
  }

  #findWay(): { way: number; likeness: number } {
    const heard = this.#heard;
    this.#heardEnergy = LIKENESS_FADING * this.#heardEnergy + dot(heard, heard);
    let [way, likeness] = [0, 0];
    for (let at = 0; at < WAYS; at++) {
      const movement = this.#movements[this.#index(at)];
      this.#products[at] = LIKENESS_FADING * this.#products[at] + dot(heard, movement);
      this.#playedEnergy[at] = LIKENESS_FADING * this.#playedEnergy[at] + dot(movement, movement);
      const alike = this.#products[at] / Math.sqrt(this.#heardEnergy * this.#playedEnergy[at] + 1e-9);
      if (alike > likeness) [way, likeness] = [at, alike];
    }
    return { way, likeness };
  }

  /** Towards the median of what comes back of what was loud. */
  #learn(heard: Float64Array, way: number): void {
    for (let band = 0; band < BANDS; band++) {
      const played = this.#loudest(band, way - 1, way + 1);
      if (played < AUDIBLE / BANDS) continue;
      const isMore = heard[band] > played * this.#gains[band];
      this.#gains[band] *= isMore ? GAIN_STEP : 1 / GAIN_STEP;
      if (this.#gains[band] < LEAST_GAIN) this.#gains[band] = LEAST_GAIN;
    }
  }

  /** Where less is heard than would come back, whichever way it took, less comes back. */
  #doubt(heard: Float64Array): void {
    for (let band = 0; band < BANDS; band++) {
      if (heard[band] < 0.25 * this.#echo[band]) {
        this.#gains[band] = Math.max(LEAST_GAIN, this.#gains[band] / GAIN_STEP);
      }
    }
  }

  /** Of the frames played between these ways ago. */
  #loudest(band: number, from: number, to: number): number {
    let loudest = 0;
    for (let at = Math.max(0, from); at < Math.min(WAYS + 1, to + 1); at++) {
      loudest = Math.max(loudest, this.#played[this.#index(at)][band]);
    }
    return loudest;
  }

  #index(framesAgo: number): number {
    return (this.#newest - framesAgo + this.#played.length) % this.#played.length;
  }
}

/** Logarithm of each power without its slow mean, which follows. */
function move(bands: Float64Array, mean: Float64Array, out: Float64Array): void {
  for (let band = 0; band < BANDS; band++) {
    const level = Math.log10(bands[band] + 1e-9);
    mean[band] += (1 - MEAN_FADING) * (level - mean[band]);
    out[band] = level - mean[band];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
