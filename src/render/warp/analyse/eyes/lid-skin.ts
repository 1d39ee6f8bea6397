/** The skin of a shut lid, which an open eye folds away: the eye filled smoothly from the skin around it. */

import type { Yuv } from '../../../../image/colour.ts';
import { boxBlur, clamp, type Plane, smoothstep } from '../../../../image/planes.ts';
import { pushPull } from '../../../../image/push-pull.ts';
import type { EyePatch } from './iris-fit.ts';

/** Light against that of the face's skin: lashes, brows and hair have less, shaded skin more. */
const SKIN_LIGHT = [0.3, 0.65] as const;
/** No light on skin makes it so much lighter than the face's in the middle. */
const LIGHTEST = 1.5;
/** Distance in colour, beyond which it is make-up or something else than skin. */
const SKIN_TINT = [10, 24] as const;
/** And against that of the skin nearby: shade is the lid's own, but what is darker is a fold or the tip of a lash. */
const NEARBY_LIGHT = [0.6, 0.9] as const;
/** Radii over which skin is nearby, and over which the filling is smoothed, in shares of the patch. */
const NEARBY = 1 / 8;
const SMOOTHED = 1 / 32;
/** A drawing's skin is of one colour: so much of it is within so many levels of its middle. What is shaded is not. */
const ONE_COLOUR = 0.4;
const SAME_LEVELS = 3;
/** Where less than this share of the surroundings is skin, they tell nothing. */
const LEAST_KNOWN = 0.004;

/** `skin`: of the face. Returns planes `[patch.size²]`, all of one colour where a drawing is. */
export function lidSkin(patch: EyePatch, skin: Yuv, drawn: boolean): Plane[] {
  const { planes, size } = patch;
  const weight = skinAround(patch, skin);
  const even = (colour: readonly number[]) =>
    colour.map((value) => new Float32Array(weight.length).fill(value));
  const known = weight.reduce((sum, value) => sum + value, 0) / weight.length;
  if (known < LEAST_KNOWN) return even(skin);
  if (drawn) {
    const surest = weight.reduce((most, value) => Math.max(most, value), 0);
    const sure = planes.map((plane) => plane.filter((_, i) => weight[i] > 0.5 * surest).sort());
    const middle = sure.map((values) => values[values.length >> 1]);
    const same = sure[0].filter((luma) => Math.abs(luma - middle[0]) <= SAME_LEVELS);
    if (same.length >= ONE_COLOUR * sure[0].length) return even(middle);
  }
  const smoothly = (plane: Plane, share: number) => boxBlur(plane, size, size, Math.round(share * size));
  const nearby = smoothly(pushPull(planes.slice(0, 1), weight, size)[0], NEARBY);
  const bright = weight.map(
    (value, i) => value * smoothstep(...NEARBY_LIGHT, (planes[0][i] - 16) / Math.max(1, nearby[i] - 16)),
  );
  return pushPull(planes, bright, size).map((plane) => smoothly(plane, SMOOTHED));
}

/** Which share of an eye's surroundings is skin: hair before an eye is of another colour, or far lighter than the face. */
export function skinShare(patch: EyePatch, skin: Yuv): number {
  const weight = skinAround(patch, skin);
  const lightest = 16 + LIGHTEST * (skin[0] - 16);
  let [sum, count] = [0, 0];
  for (let i = 0; i < weight.length; i++) {
    if (patch.planes[0][i] < lightest) sum += weight[i];
    count += patch.around[i];
  }
  return sum / Math.max(1, count);
}

/** The mean colour of the skin around an eye; `skin`: of the face. */
export function colourOfSkin(patch: EyePatch, skin: Yuv): [y: number, u: number, v: number] {
  const weight = skinAround(patch, skin);
  const sum = weight.reduce((total, value) => total + value, 1e-6);
  const mean = (plane: Plane) => plane.reduce((total, value, i) => total + weight[i] * value, 0) / sum;
  return [mean(patch.planes[0]), mean(patch.planes[1]), mean(patch.planes[2])];
}

/** How surely each texel is skin, 0..1. */
function skinAround({ planes: [luma, u, v], around }: EyePatch, skin: Yuv): Plane {
  const result = new Float32Array(around.length);
  for (let i = 0; i < result.length; i++) {
    if (!around[i]) continue;
    const light = (luma[i] - 16) / Math.max(1, skin[0] - 16);
    const tint = clamp(light, 0.35, 1.2);
    const away = Math.hypot(u[i] - 128 - tint * (skin[1] - 128), v[i] - 128 - tint * (skin[2] - 128));
    result[i] =
      smoothstep(SKIN_LIGHT[0], SKIN_LIGHT[1], light) * (1 - smoothstep(SKIN_TINT[0], SKIN_TINT[1], away));
  }
  return result;
}
