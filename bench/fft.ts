/** Fast Fourier transform of 2^n complex values, in place (Cooley–Tukey). */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let span = 2; span <= size; span *= 2) {
    for (let k = 0; k < span / 2; k++) {
      const [cosine, sine] = [Math.cos((-2 * Math.PI * k) / span), Math.sin((-2 * Math.PI * k) / span)];
      for (let top = k; top < size; top += span) {
        const bottom = top + span / 2;
        const re = real[bottom] * cosine - imaginary[bottom] * sine;
        const im = real[bottom] * sine + imaginary[bottom] * cosine;
        real[bottom] = real[top] - re;
        imaginary[bottom] = imaginary[top] - im;
        real[top] += re;
        imaginary[top] += im;
      }
    }
  }
}

/** Spectrum of `size` samples around sample `centre` under a Hann window, zero beyond the ends. */
export function spectrumAt(samples: Float32Array, centre: number, size: number) {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  const first = Math.round(centre) - size / 2;
  for (let i = 0; i < size; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size);
    real[i] = window * (samples[first + i] ?? 0);
  }
  fft(real, imaginary);
  return { real, imaginary };
}
