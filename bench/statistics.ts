/** Statistics of curves. NaN where there are too few values. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Of the whole population. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return Math.sqrt(sum / values.length);
}

/** `share` 0..1, linear between the two nearest values (as NumPy does it). */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Over the length of the shorter one; 0 where one of them is constant. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = Math.min(a.length, b.length);
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanA += a[i] / count;
    meanB += b[i] / count;
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Pearson's r of the two at the best lag within ±`maxLag` frames; + means that `a` comes later. */
export function bestCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, maxLag: number) {
  const [ours, other] = [Float64Array.from(a), Float64Array.from(b)];
  let best = { r: Number.NEGATIVE_INFINITY, lag: 0 };
  for (let lag = -maxLag; lag <= maxLag; lag++) {
    const r = pearson(ours.subarray(Math.max(0, lag)), other.subarray(Math.max(0, -lag)));
    if (r > best.r) best = { r, lag };
  }
  return best;
}

/** Largest autocorrelation of a curve at lags within [`fromLag`, `toLag`], of at most half its length. */
export function largestAutocorrelation(values: ArrayLike<number>, fromLag: number, toLag: number): number {
  const centre = mean(values);
  const curve = Float64Array.from(values, (value) => value - centre);
  const power = mean(curve.map((value) => value * value));
  let largest = Number.NEGATIVE_INFINITY;
  for (let lag = fromLag; lag <= Math.min(toLag, curve.length / 2); lag++) {
    let sum = 0;
    for (let i = lag; i < curve.length; i++) sum += curve[i] * curve[i - lag];
    largest = Math.max(largest, sum / (curve.length - lag) / power);
  }
  return largest;
}

/** Probability that a value of `positive` is above one of `negative`, ties counting half (Mann–Whitney). */
export function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  const all = [...positive.map((value) => [value, 1]), ...negative.map((value) => [value, 0])];
  all.sort((a, b) => a[0] - b[0]);
  let rankSum = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j][0] === all[i][0]) j++;
    for (let k = i; k < j; k++) if (all[k][1] === 1) rankSum += (i + j + 1) / 2;
    i = j;
  }
  return (rankSum - (positive.length * (positive.length + 1)) / 2) / (positive.length * negative.length);
}
