/** Something that was measured at a moment. */
export interface Sample {
  atMs: number;
  value: number;
}

const STEP_MS = 10;
/** Below, it is no echo of what was sent. */
const LEAST_CORRELATION = 0.5;

/**
 * By how much a series follows a signal: where they correlate best, between two steps by the parabola through the best
 * three. Milliseconds; undefined where it does not follow.
 * @param signal one value each 10 ms, the first one at `beganMs`
 */
export function lagOf(
  signal: readonly number[],
  beganMs: number,
  series: readonly Sample[],
  { leastMs = -200, mostMs = 1500 } = {},
): number | undefined {
  const first = Math.round(leastMs / STEP_MS);
  const count = Math.round((mostMs - leastMs) / STEP_MS) + 1;
  const values = resample(series, beganMs + leastMs, signal.length + count - 1);
  if (!values) return undefined;
  const scores = Array.from({ length: count }, (_, k) => correlation(signal, values, k));
  const best = scores.indexOf(Math.max(...scores));
  if (!(scores[best] >= LEAST_CORRELATION)) return undefined;
  return STEP_MS * (first + best + vertex(scores[best - 1], scores[best], scores[best + 1]));
}

/** Mean over a window, so that signals with different detail can be compared. */
export function smoothed(values: readonly number[], windowMs: number): number[] {
  const half = Math.round(windowMs / STEP_MS / 2);
  return values.map((_, i) => mean(values.slice(Math.max(0, i - half), i + half + 1)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param share 0..1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** Each 10 ms, on straight lines between the samples. */
function resample(series: readonly Sample[], fromMs: number, count: number): number[] | undefined {
  if (series.length < 2) return undefined;
  let k = 0;
  return Array.from({ length: count }, (_, i) => {
    const atMs = fromMs + STEP_MS * i;
    while (k + 2 < series.length && series[k + 1].atMs <= atMs) k++;
    const [a, b] = [series[k], series[k + 1]];
    const share = Math.min(1, Math.max(0, (atMs - a.atMs) / (b.atMs - a.atMs || 1)));
    return a.value + share * (b.value - a.value);
  });
}

/** Of a signal with as many values from the k-th on (Pearson's r). */
function correlation(signal: readonly number[], values: readonly number[], k: number): number {
  const part = values.slice(k, k + signal.length);
  const [a, b] = [mean(signal), mean(part)];
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < signal.length; i++) {
    product += (signal[i] - a) * (part[i] - b);
    left += (signal[i] - a) ** 2;
    right += (part[i] - b) ** 2;
  }
  return left > 0 && right > 0 ? product / Math.sqrt(left * right) : 0;
}

/** Where the parabola through three neighbours has its top, −0.5..0.5. */
function vertex(before: number | undefined, top: number, after: number | undefined): number {
  if (before === undefined || after === undefined) return 0;
  const bend = before - 2 * top + after;
  return bend < 0 ? (0.5 * (before - after)) / bend : 0;
}
