/** Fourier transform of real samples, by a complex one of half the length (radix 2, in place). */
export class RealFft {
  readonly size: number;
  /** Of the bins 0 … size / 2. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #order: Uint16Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param size a power of two */
  constructor(size: number) {
    const half = size / 2;
    const bits = Math.log2(half);
    this.size = size;
    this.#half = half;
    this.real = new Float64Array(half + 1);
    this.imaginary = new Float64Array(half + 1);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    this.#order = Uint16Array.from({ length: half }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
      return reversed;
    });
  }

  /** Into `real` and `imaginary`. `samples`: as many as its size. */
  transform(samples: ArrayLike<number>): void {
    for (let i = 0; i < this.#half; i++) {
      const at = this.#order[i];
      this.#re[i] = samples[2 * at];
      this.#im[i] = samples[2 * at + 1];
    }
    this.#combine();
    this.#separate();
  }

  #combine(): void {
    const re = this.#re;
    const im = this.#im;
    const half = this.#half;
    const cosines = this.#cos;
    const sines = this.#sin;
    for (let length = 1; length < half; length *= 2) {
      const step = half / length;
      for (let from = 0; from < half; from += 2 * length) {
        for (let k = 0; k < length; k++) {
          const a = from + k;
          const b = a + length;
          const cos = cosines[k * step];
          const sin = sines[k * step];
          const x = re[b] * cos - im[b] * sin;
          const y = re[b] * sin + im[b] * cos;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }

  /** The transforms of the even and of the odd samples, which were one number each, put together. */
  #separate(): void {
    const re = this.#re;
    const im = this.#im;
    const half = this.#half;
    for (let k = 0; k <= half; k++) {
      const a = k % half;
      const b = (half - k) % half;
      const evenRe = (re[a] + re[b]) / 2;
      const evenIm = (im[a] - im[b]) / 2;
      const oddRe = (im[a] + im[b]) / 2;
      const oddIm = (re[b] - re[a]) / 2;
      this.real[k] = evenRe + oddRe * this.#cos[k] - oddIm * this.#sin[k];
      this.imaginary[k] = evenIm + oddRe * this.#sin[k] + oddIm * this.#cos[k];
    }
  }
}
