import type { Yuv } from '../../../../image/colour.ts';
import type { FoundEyes } from './find-eyes.ts';
import type { EyePatch, IrisCircle } from './iris-fit.ts';

/** In radii: nearer than this the white is tinged by the iris's soft edge. */
const CLEAR_OF_IRIS = 1.3;
/** Lashes and lids shade the darker part of it; eyes that show less of it than this share of their patch show none. */
const SHADED = 0.6;
const LEAST_SHARE = 0.002;

/** The white of the eye that is better lit, median of its brighter part. Undefined where neither shows any. */
export function eyeWhite({ patches, irises }: FoundEyes): Yuv | undefined {
  const whites = patches.map((patch, i) => whiteOf(patch, irises[i])).filter((white) => white !== undefined);
  return whites.sort((a, b) => b[0] - a[0])[0];
}

function whiteOf({ planes, visible, size }: EyePatch, { x, y, radius }: IrisCircle): Yuv | undefined {
  const isClear = (i: number) =>
    Math.hypot((i % size) + 0.5 - x, Math.floor(i / size) + 0.5 - y) > CLEAR_OF_IRIS * radius;
  const white = [...visible.keys()].filter((i) => visible[i] > 0 && isClear(i));
  if (white.length < LEAST_SHARE * size * size) return undefined;
  const lit = white.sort((a, b) => planes[0][a] - planes[0][b]).slice(Math.floor(SHADED * white.length));
  const median = (c: number) => lit.map((i) => planes[c][i]).sort((a, b) => a - b)[lit.length >> 1];
  return [median(0), median(1), median(2)];
}
