import { fft } from '../fft.ts';

/**
 * An AnalyserNode as the Web Audio API has it (§ 1.8: Blackman window, smoothing over time, decibels to bytes), for
 * code that asks for spectra.
 */
export class Analyser {
  fftSize = 2048;
  readonly minDecibels = -100;
  readonly maxDecibels = -30;
  readonly smoothingTimeConstant = 0.8;
  /** What is heard: mono, and how many of its samples have been so far. */
  voice: Float32Array = new Float32Array(0);
  position = 0;
  #smoothed = new Float64Array(0);

  get frequencyBinCount(): number {
    return this.fftSize / 2;
  }

  connect(): void {}

  getByteFrequencyData(bytes: Uint8Array): void {
    const size = this.fftSize;
    const real = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      real[i] = blackman(i / size) * (this.voice[this.position - size + i] ?? 0);
    }
    const imaginary = new Float64Array(size);
    fft(real, imaginary);
    if (this.#smoothed.length !== size / 2) this.#smoothed = new Float64Array(size / 2);
    for (let k = 0; k < size / 2; k++) {
      const magnitude = Math.hypot(real[k], imaginary[k]) / size;
      this.#smoothed[k] += (1 - this.smoothingTimeConstant) * (magnitude - this.#smoothed[k]);
      const decibels = 20 * Math.log10(this.#smoothed[k]);
      const share = (decibels - this.minDecibels) / (this.maxDecibels - this.minDecibels);
      bytes[k] = Math.floor(255 * Math.min(1, Math.max(0, share)));
    }
  }
}

/** `x` from 0 to 1. */
function blackman(x: number): number {
  const turns = 2 * Math.PI * x;
  return 0.42 - 0.5 * Math.cos(turns) + 0.08 * Math.cos(2 * turns);
}
