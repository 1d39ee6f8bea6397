/**
 * The white of an eye as lids, lashes and corners leave it: an iris that moves uncovers clean white, on which they have
 * to lie as before.
 */

import { type Plane, smoothstep } from '../../../../image/planes.ts';
import type { EyePatch, IrisCircle } from './iris-fit.ts';
import { isAbove } from './iris-layers.ts';

/** The iris's soft edge ends between these shares of its radius; the white up to the last one tells how lids shade it. */
const IRIS_EDGE = [1.15, 1.45] as const;
const BESIDE = 2.6;
/** Lids shade what lies so far from them, in eye widths, and are as they are up to so far beyond their edge. */
const REACH = { inside: 0.1, beyond: 0.06 };
/** What few texels show is not believed. */
const LEAST_TEXELS = 4;

/**
 * `white`: planes Y, U, V `[size·size]` of the eyeball without lids and iris. Returns the portrait's own where it shows
 * no iris; there, lids shade the white as they do beside it, and go on beyond their edges as they do there.
 */
export function shadeByLids(patch: EyePatch, white: readonly Plane[], circle: IrisCircle): Plane[] {
  const { planes, size } = patch;
  const { x, y, radius } = circle;
  const away = planes[0].map(
    (_, i) => Math.hypot((i % size) + 0.5 - x, Math.floor(i / size) + 0.5 - y) / radius,
  );
  const lids = measureLids(patch, circle, (i) => away[i] > IRIS_EDGE[1] && away[i] < BESIDE);
  return planes.map((plane, c) => {
    // Of light a share, of colour a difference.
    const beside = lids(
      (i) => (c === 0 ? (plane[i] - 16) / (white[c][i] - 16) : plane[i] - white[c][i]),
      c === 0 ? 1 : 0,
    );
    return plane.map((own, i) => {
      const share = smoothstep(...IRIS_EDGE, away[i]);
      const shaded = c === 0 ? Math.min(1, beside(i)) * (white[c][i] - 16) + 16 : white[c][i] + beside(i);
      return share * own + (1 - share) * shaded;
    });
  });
}

/**
 * Returns a measure of the texels that `shows` by their distance from the nearer lid, upper and lower apart: the median
 * of `value`, or `otherwise` where too few show it.
 */
function measureLids(patch: EyePatch, circle: IrisCircle, shows: (texel: number) => boolean) {
  const { size, width, extent, inside } = patch;
  const perWidth = (width / extent) * size;
  const beyond = Math.ceil(REACH.beyond * perWidth);
  const count = beyond + Math.ceil(REACH.inside * perWidth);
  const sideOf = (i: number) => Number(!isAbove(patch, circle, i));
  const bins = [0, 1].map(() => Array.from({ length: count }, (): number[] => []));
  for (let i = 0; i < inside.length; i++) {
    if (shows(i)) bins[sideOf(i)][Math.floor(inside[i]) + beyond]?.push(i);
  }
  return (value: (texel: number) => number, otherwise: number) => {
    const sides = bins.map((side) => {
      const medians = side.map((texels) => {
        if (texels.length < LEAST_TEXELS) return undefined;
        return texels.map(value).sort((a, b) => a - b)[texels.length >> 1];
      });
      // Where a bin has none, as farther inwards.
      return medians.map((_, k) => medians.slice(k).find((median) => median !== undefined) ?? otherwise);
    });
    return (i: number) => {
      const place = Math.max(0, inside[i] + beyond - 0.5);
      const k = Math.floor(place);
      const side = sides[sideOf(i)];
      return (side[k] ?? otherwise) + (place - k) * ((side[k + 1] ?? otherwise) - (side[k] ?? otherwise));
    };
  };
}
