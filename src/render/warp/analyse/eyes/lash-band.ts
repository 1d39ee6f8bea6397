/**
 * How far up the lid its dark edge reaches: eyeliner and thick lashes are a band there, which a shutting lid carries
 * along. The skin that is painted on a shut lid would hide it.
 */
import type { EyeTopology } from '../../../../face/topology.ts';
import { clamp, type Plane, smoothstep } from '../../../../image/planes.ts';
import { samplePlane } from '../../../../image/sample.ts';
import type { EyePatch } from './iris-fit.ts';

/** Places along the eye, from corner to corner, at which it is measured. */
export const BAND_SAMPLES = 17;
/** Lengths in eye widths. The band begins so near the mesh's edge of the lid, and ends so far from it at the latest. */
const STARTS_WITHIN = 0.05;
const HIGHEST = 0.16;
const STEP = 0.008;
/** Near the nose an eye lies in shade, and hardly wears make-up. */
const FROM_NOSE = [0, 0.4] as const;
/** Lashes alone are less high. */
const MADE_UP = [0.035, 0.06] as const;
/** Dark is what is darker than so much of the way from the lid's skin to its lashes, where these are so much darker. */
const DARK = 0.75;
const LEAST_CONTRAST = 30;

/**
 * `lash`: luma of the lash line; `lid`: of the lid's skin, a plane of the patch. Returns heights `[BAND_SAMPLES]` in
 * eye widths, left to right in the picture.
 */
export function measureLashBand(
  { planes: [luma], origin, extent, size }: EyePatch,
  landmarks: Float32Array,
  { outerCorner, upperLid, innerCorner }: EyeTopology,
  { lash, lid }: { lash: number; lid: Plane },
): number[] {
  const chain = [outerCorner, ...upperLid, innerCorner].map((i): [number, number] => [
    (landmarks[3 * i] - origin[0]) / extent,
    (landmarks[3 * i + 1] - origin[1]) / extent,
  ]);
  const outerIsLeft = chain[0][0] < chain[chain.length - 1][0];
  if (!outerIsLeft) chain.reverse();
  const [[left, top], last] = [chain[0], chain[chain.length - 1]];
  const axis = [last[0] - left, last[1] - top];
  const width = Math.hypot(...axis);
  const local = chain.map(([x, y]) => {
    const [dx, dy] = [x - left, y - top];
    return [(dx * axis[0] + dy * axis[1]) / width ** 2, (dx * axis[1] - dy * axis[0]) / width ** 2] as const;
  });
  const isDark = (along: number, up: number) => {
    const x = left + along * axis[0] + up * axis[1];
    const y = top + along * axis[1] - up * axis[0];
    const skin = samplePlane(lid, size, x, y);
    return skin - lash > LEAST_CONTRAST && samplePlane(luma, size, x, y) < skin - DARK * (skin - lash);
  };
  const heights = Array.from({ length: BAND_SAMPLES }, (_, k) => {
    const along = k / (BAND_SAMPLES - 1);
    const edge = heightAt(local, along);
    const highest = HIGHEST * smoothstep(...FROM_NOSE, outerIsLeft ? 1 - along : along);
    let [height, up] = [0, 0];
    while (up < highest && (up < STARTS_WITHIN || height >= up - 2 * STEP)) {
      if (isDark(along, edge + up)) height = up;
      up += STEP;
    }
    return height;
  });
  // At the corners, rims and tear ducts are in the way.
  heights[0] = heights[1];
  heights[BAND_SAMPLES - 1] = heights[BAND_SAMPLES - 2];
  // A single lash is no band.
  const bands = around(heights).map((values) => values.sort((a, b) => a - b)[1]);
  const madeUp = bands.map((height) => height * smoothstep(...MADE_UP, height));
  return around(around(madeUp).map(mean)).map(mean);
}

/** Make-up is worn on both eyes: what only one of two bands shows is the shade that its eye lies in. */
export function wornOnBoth(bands: readonly [number[], number[]]): [number[], number[]] {
  return bands.map((band, which) => {
    const other = around(around(bands[1 - which].toReversed()).map(greatest)).map(greatest);
    return band.map((height, k) => Math.min(height, other[k]));
  }) as [number[], number[]];
}

/** Each value between its neighbours. */
function around(values: readonly number[]): number[][] {
  return values.map((_, k) => [-1, 0, 1].map((d) => values[clamp(k + d, 0, values.length - 1)]));
}

function greatest(values: readonly number[]): number {
  return Math.max(...values);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** On the straight lines through `chain`, from left to right. */
function heightAt(chain: readonly (readonly [number, number])[], along: number): number {
  const next = Math.max(
    1,
    chain.findIndex(([x], i) => i > 0 && x >= along),
  );
  const [[x0, y0], [x1, y1]] = [chain[next - 1], chain[next]];
  return x1 > x0 ? y0 + ((along - x0) / (x1 - x0)) * (y1 - y0) : y0;
}
