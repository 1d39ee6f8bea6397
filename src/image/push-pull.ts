/** Fills holes of planes smoothly from what is around them. */
import { halve, type Plane, taps } from './planes.ts';

/**
 * Fills a square plane smoothly where `weight` is 0 from where it is 1 (push-pull, Gortler et al. 1996).
 * `size` must be a power of two.
 */
export function pushPull(planes: readonly Plane[], weight: Plane, size: number): Plane[] {
  const filled = planes.map((plane) => plane.slice());
  pushPullInPlace(filled, weight, size);
  return filled;
}

/** The same, of planes that nobody needs as they were. */
export function pushPullInPlace(planes: readonly Plane[], weight: Plane, size: number): void {
  if (size === 1) return;
  const half = size >> 1;
  const coarseWeight = halve(weight, size);
  const coarse = planes.map((plane) => halveWeighted(plane, weight, coarseWeight, size));
  for (let i = 0; i < coarseWeight.length; i++) coarseWeight[i] = Math.min(1, 4 * coarseWeight[i]);
  pushPullInPlace(coarse, coarseWeight, half);
  for (let p = 0; p < planes.length; p++) fillHoles(planes[p], weight, coarse[p], size);
}

/** Means of two by two texels by their weights; `coarseWeight`: the means of these. */
function halveWeighted(plane: Plane, weight: Plane, coarseWeight: Plane, size: number): Plane {
  const half = size >> 1;
  const result = new Float32Array(half * half);
  const weighted = (i: number) => Math.fround(plane[i] * weight[i]);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const to = y * half + x;
      if (!(coarseWeight[to] > 1e-6)) continue;
      const i = 2 * (y * size + x);
      const sum = weighted(i) + weighted(i + 1) + weighted(i + size) + weighted(i + size + 1);
      result[to] = Math.fround(0.25 * sum) / coarseWeight[to];
    }
  }
  return result;
}

/** Adds to a plane what its weight lacks of 1 from `coarse`, which is half its size. */
function fillHoles(plane: Plane, weight: Plane, coarse: Plane, size: number): void {
  const half = size >> 1;
  const { first, shares } = taps(
    Float64Array.from({ length: size }, (_, i) => (i + 0.5) / 2 - 0.5),
    half,
  );
  const [next, below] = half > 1 ? [1, half] : [0, 0];
  for (let y = 0; y < size; y++) {
    const row = first[y] * half;
    const fy = shares[y];
    for (let x = 0; x < size; x++) {
      const to = y * size + x;
      const own = weight[to];
      if (own === 1) continue;
      const i = row + first[x];
      const fx = shares[x];
      const behind =
        (1 - fy) * ((1 - fx) * coarse[i] + fx * coarse[i + next]) +
        fy * ((1 - fx) * coarse[i + below] + fx * coarse[i + next + below]);
      plane[to] = own * plane[to] + (1 - own) * Math.fround(behind);
    }
  }
}
