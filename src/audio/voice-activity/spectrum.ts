import { RealFft } from './real-fft.ts';

/** Rate of what is heard. */
export const RATE_HZ = 16000;
/** A frame begins every 20 ms, and looks 32 ms back from its end. */
export const FRAME_MS = 20;
export const FRAME_SAMPLES = (RATE_HZ * FRAME_MS) / 1000;
const WINDOW = 512;
/** Bands of the mel scale (O'Shaughnessy), triangles from 80 Hz to 7.2 kHz. */
export const BANDS = 24;
const [LOW_HZ, HIGH_HZ] = [80, 7200];
/** Lags of human pitch, 400 down to 80 Hz, and the bins in which it is looked for, 94 Hz to 4 kHz. */
const [MIN_LAG, MAX_LAG] = [40, 200];
const OCTAVES = 2.3;
const PITCH_BINS = [3, 128] as const;
/** Below what any microphone hears. */
const SILENCE = 1e-10;

/** What one frame sounds like. */
export interface Spectrum {
  /** Power in each band, `Float64Array [24]`; a sine of full scale has about 0.1. */
  bands: Float64Array;
  /** Highest normalised autocorrelation at the lags of pitch, 0..1.5 (Boersma, 1993), and that pitch, 0 (80 Hz)..1. */
  periodicity: number;
  pitch: number;
}

const HANN = Float64Array.from(
  { length: WINDOW },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW),
);
const SCALE = 1 / (WINDOW * HANN.reduce((sum, value) => sum + value * value, 0));
const FILTERS = melFilters();
const LAG_GAINS = lagGains();

/** Cuts sound into frames and tells the spectrum of each, in packets of any length. */
export class SpectrumReader {
  readonly #fft = new RealFft(WINDOW);
  readonly #heard = new Float32Array(WINDOW);
  readonly #windowed = new Float64Array(WINDOW);
  readonly #power = new Float64Array(WINDOW);
  #fresh = 0;

  /** `samples`: mono at 16 kHz, any number. `onFrame` is called for each frame that is complete. */
  push(samples: Float32Array, onFrame: (spectrum: Spectrum) => void): void {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + FRAME_SAMPLES - this.#fresh);
      this.#heard.copyWithin(0, part.length);
      this.#heard.set(part, WINDOW - part.length);
      this.#fresh += part.length;
      at += part.length;
      if (this.#fresh < FRAME_SAMPLES) continue;
      this.#fresh = 0;
      onFrame(this.#measure());
    }
  }

  #measure(): Spectrum {
    const heard = this.#heard;
    const windowed = this.#windowed;
    for (let i = 0; i < WINDOW; i++) windowed[i] = HANN[i] * heard[i];
    const { real, imaginary } = this.#fft;
    this.#fft.transform(this.#windowed);
    const power = this.#power.fill(0);
    const bands = new Float64Array(BANDS);
    for (let bin = 0; bin <= WINDOW / 2; bin++) {
      power[bin] = (real[bin] ** 2 + imaginary[bin] ** 2) * SCALE;
    }
    for (let band = 0; band < BANDS; band++) {
      const { first, weights } = FILTERS[band];
      for (let i = 0; i < weights.length; i++) bands[band] += weights[i] * power[first + i];
    }
    return { bands, ...this.#findPitch() };
  }

  /** The autocorrelation is the transform of the power, which is even. */
  #findPitch(): { periodicity: number; pitch: number } {
    const power = this.#power;
    power.fill(0, 0, PITCH_BINS[0]);
    power.fill(0, PITCH_BINS[1]);
    for (let bin = PITCH_BINS[0]; bin < PITCH_BINS[1]; bin++) power[WINDOW - bin] = power[bin];
    const { real } = this.#fft;
    this.#fft.transform(power);
    const energy = real[0] + 2 * SILENCE;
    let [best, bestLag] = [Number.NEGATIVE_INFINITY, MIN_LAG];
    for (let lag = MIN_LAG; lag <= MAX_LAG; lag++) {
      const value = real[lag] * LAG_GAINS[lag - MIN_LAG];
      if (value > best) {
        best = value;
        bestLag = lag;
      }
    }
    return {
      periodicity: Math.max(0, Math.min(1.5, best / energy)),
      pitch: Math.log2(MAX_LAG / bestLag) / OCTAVES,
    };
  }
}

/** The whole of it in decibels, and its pitch in octaves above 80 Hz. */
export function soundOf({ bands, periodicity, pitch }: Spectrum) {
  const power = bands.reduce((total, value) => total + value, 0);
  return { decibels: 10 * Math.log10(power + SILENCE), periodicity, octaves: OCTAVES * pitch };
}

/** As the network is given it: level of each band around 0, periodicity, pitch. `out`: `Float32Array [26]`. */
export function describe({ bands, periodicity, pitch }: Spectrum, out: Float32Array): void {
  for (let band = 0; band < BANDS; band++) out[band] = (Math.log10(bands[band] + SILENCE) + 6) / 2;
  out[BANDS] = periodicity;
  out[BANDS + 1] = pitch;
}

function melFilters(): { first: number; weights: number[] }[] {
  const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const edge = (i: number) =>
    700 * (10 ** ((mel(LOW_HZ) + (i * (mel(HIGH_HZ) - mel(LOW_HZ))) / (BANDS + 1)) / 2595) - 1);
  return Array.from({ length: BANDS }, (_, band) => {
    const [low, middle, high] = [edge(band), edge(band + 1), edge(band + 2)];
    const all = Array.from({ length: WINDOW / 2 + 1 }, (_, bin) => {
      const hz = (bin * RATE_HZ) / WINDOW;
      return Math.max(0, Math.min((hz - low) / (middle - low), (high - hz) / (high - middle)));
    });
    const first = all.findIndex((weight) => weight > 0);
    return { first, weights: all.slice(first, all.findLastIndex((weight) => weight > 0) + 1) };
  });
}

/** Makes up for what the window takes from the autocorrelation at each lag. */
function lagGains(): number[] {
  const correlation = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < WINDOW; i++) sum += HANN[i] * HANN[i - lag];
    return sum;
  };
  return Array.from({ length: MAX_LAG - MIN_LAG + 1 }, (_, i) => correlation(0) / correlation(MIN_LAG + i));
}
