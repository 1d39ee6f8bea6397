/** Absolute orientation of two point sets (Horn 1987, unit quaternions). */

interface Similarity {
  scale: number;
  /** Row-major rotation matrix, 9 values. */
  rotation: Float64Array;
  shift: [number, number, number];
}

/**
 * Scale, rotation and shift that bring `source` onto `target` with the least squared distance.
 * Both `[n·3]`; `points` lists the indices that count (all, if absent).
 */
export function fitSimilarity(
  source: ArrayLike<number>,
  target: ArrayLike<number>,
  points: readonly number[],
): Similarity {
  const a = centroid(source, points);
  const b = centroid(target, points);
  const m = new Float64Array(9);
  let sourceVariance = 0;
  for (const p of points) {
    for (let i = 0; i < 3; i++) {
      const s = source[3 * p + i] - a[i];
      sourceVariance += s * s;
      for (let j = 0; j < 3; j++) m[3 * i + j] += s * (target[3 * p + j] - b[j]);
    }
  }
  const rotation = rotationFromCorrelation(m);
  let projected = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) projected += rotation[3 * j + i] * m[3 * i + j];
  const scale = projected / sourceVariance;
  const turned = rotate(rotation, a[0], a[1], a[2]);
  return {
    scale,
    rotation,
    shift: [b[0] - scale * turned[0], b[1] - scale * turned[1], b[2] - scale * turned[2]],
  };
}

export function rotate(r: ArrayLike<number>, x: number, y: number, z: number): [number, number, number] {
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

function centroid(values: ArrayLike<number>, points: readonly number[]): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const p of points) for (let i = 0; i < 3; i++) sum[i] += values[3 * p + i] / points.length;
  return sum;
}

/** Largest eigenvector of Horn's symmetric 4×4 matrix by shifted power iteration. */
function rotationFromCorrelation(m: Float64Array): Float64Array {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m;
  const n = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
  ];
  const shift = Math.max(...n.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  let q = [1, 0.01, 0.01, 0.01];
  for (let step = 0; step < 500; step++) {
    const next = q.map((value, i) => shift * value + n[i].reduce((sum, entry, j) => sum + entry * q[j], 0));
    const norm = Math.hypot(...next);
    q = next.map((value) => value / norm);
  }
  const [w, x, y, z] = q;
  return Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ); // biome-ignore format: rows of the matrix
}
