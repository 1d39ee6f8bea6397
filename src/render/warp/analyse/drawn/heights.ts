/** Lines through points as heights, one for each column of a patch. */

/** `points`: x and y in texels, from left to right but for a few; beyond the first and the last, their heights go on. */
export function heightsAlong(points: readonly (readonly number[])[], size: number): Float32Array {
  const sorted = points.toSorted((a, b) => a[0] - b[0]);
  const chain = sorted.filter((point, i) => i === 0 || point[0] - sorted[i - 1][0] > 0.5);
  // Slopes that never overshoot (Fritsch and Carlson 1980).
  const secants = chain.slice(1).map(([x, y], i) => (y - chain[i][1]) / (x - chain[i][0]));
  const slopes = chain.map((_, i) => {
    const [before, after] = [secants[i - 1] ?? secants[i], secants[i] ?? secants[i - 1]];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  slopes[0] = secants[0] ?? 0;
  slopes[chain.length - 1] = secants[secants.length - 1] ?? 0;
  let k = 0;
  return Float32Array.from({ length: size }, (_, column) => {
    const x = column + 0.5;
    if (x <= chain[0][0]) return chain[0][1];
    if (x >= chain[chain.length - 1][0]) return chain[chain.length - 1][1];
    while (k + 2 < chain.length && x > chain[k + 1][0]) k++;
    const [a, b] = [chain[k], chain[k + 1]];
    const length = b[0] - a[0];
    const t = (x - a[0]) / length;
    return (
      (1 + 2 * t) * (1 - t) ** 2 * a[1] +
      t * (1 - t) ** 2 * length * slopes[k] +
      t * t * (3 - 2 * t) * b[1] +
      t * t * (t - 1) * length * slopes[k + 1]
    );
  });
}
