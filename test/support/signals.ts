import { pearson } from '../../bench/statistics.ts';

export function tone(rateHz: number, seconds: number, value: (t: number) => number): Float32Array {
  return Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, i) => value(i / rateHz));
}

export function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Lag (in samples, 0..maxLag) at which `later` is most like `earlier`, and Pearson's r there. */
export function bestLag(
  earlier: Float32Array,
  later: Float32Array,
  maxLag: number,
): { lag: number; correlation: number } {
  let best = { lag: 0, correlation: -1 };
  for (let lag = 0; lag <= maxLag; lag++) {
    const correlation = pearson(earlier, later.subarray(lag));
    if (correlation > best.correlation) best = { lag, correlation };
  }
  return best;
}
