/** Absolute orientation of two point sets (Umeyama 1991). */

import { determinant, Matrix, SingularValueDecomposition } from 'ml-matrix';

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

/** The rotation that turns the sources of this correlation, `[source·target]`, most nearly onto their targets. */
function rotationFromCorrelation(correlation: Float64Array): Float64Array {
  const svd = new SingularValueDecomposition(Matrix.from1DArray(3, 3, correlation));
  const [source, target] = [svd.leftSingularVectors, svd.rightSingularVectors];
  // Never a reflection, however flat the points lie.
  const handed = Math.sign(determinant(source) * determinant(target));
  return Float64Array.from(
    target
      .mmul(Matrix.diag([1, 1, handed]))
      .mmul(source.transpose())
      .to1DArray(),
  );
}
