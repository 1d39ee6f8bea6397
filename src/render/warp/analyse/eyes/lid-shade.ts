/**
 * The white of an eye as lids, lashes and corners leave it: an iris that moves uncovers clean white, on which they have
 * to lie as before.
 */

import { clamp, type Plane, smoothstep } from '../../../../image/planes.ts';
import type { EyePatch, IrisCircle } from './iris-fit.ts';

/** The iris's soft edge ends between these shares of its radius; the white up to the last one tells how lids shade it. */
const IRIS_EDGE = [1.15, 1.45] as const;
const BESIDE = 2.6;
/** Lids shade what lies so far from them, in eye widths. */
const REACH = 0.1;
/** What few texels show is not believed. */
const LEAST_TEXELS = 4;

/**
 * `white`: planes Y, U, V `[size·size]` of the eyeball without lids and iris. Returns the portrait's own where it shows
 * no iris; there, lids shade the white as they do beside it.
 */
export function shadeByLids(
  { planes, size, width, extent, inside }: EyePatch,
  white: readonly Plane[],
  { x, y, radius }: IrisCircle,
): Plane[] {
  const away = new Float64Array(inside.length);
  for (let i = 0; i < away.length; i++) {
    away[i] = Math.hypot((i % size) + 0.5 - x, Math.floor(i / size) + 0.5 - y) / radius;
  }
  const reach = Math.ceil(((REACH * width) / extent) * size);
  const binOf = (i: number) => {
    const distance = Math.floor(inside[i]);
    if (distance < 0 || distance >= reach) return -1;
    return Math.floor(i / size) < y ? distance : reach + distance;
  };
  const shares: number[][] = Array.from({ length: 2 * reach }, () => []);
  for (let i = 0; i < inside.length; i++) {
    const bin = binOf(i);
    if (bin >= 0 && away[i] > IRIS_EDGE[1] && away[i] < BESIDE) {
      shares[bin].push((planes[0][i] - 16) / (white[0][i] - 16));
    }
  }
  const shade = shares.map((values) =>
    values.length < LEAST_TEXELS ? 1 : clamp(values.sort((a, b) => a - b)[values.length >> 1], 0, 1),
  );
  return planes.map((plane, c) => {
    const result = new Float32Array(plane.length);
    for (let i = 0; i < result.length; i++) {
      const own = smoothstep(IRIS_EDGE[0], IRIS_EDGE[1], away[i]);
      const bin = c === 0 ? binOf(i) : -1;
      const light = bin < 0 ? 1 : shade[bin];
      const shaded = c === 0 ? light * (white[0][i] - 16) + 16 : white[c][i];
      result[i] = own * plane[i] + (1 - own) * shaded;
    }
    return result;
  });
}
