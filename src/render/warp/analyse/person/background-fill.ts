/** The scene without the person: as it is seen, and filled in where the person hides it. */

import {
  boxBlur,
  clamp,
  halve,
  type Plane,
  pushPull,
  resizeSquare,
  smoothstep,
} from '../../../../image/planes.ts';
import { continueTexture } from './background-texture.ts';

/** Here the person hides the scene: what only a moving head uncovers. */
const HIDDEN = [0.9, 1] as const;
/**
 * A scene is calm where its texture is no farther from a smooth filling than EVEN, or has no more detail than BLURRED
 * (levels of luma, means over CALM_REACH of the side): shades are the smooth filling's there, only grain the texture's.
 */
const EVEN = [7, 18] as const;
const BLURRED = [1.5, 4] as const;
const CALM_REACH = 1 / 24;
const GRAIN_REACH = 1 / 128;
/** Grain is at most this many times its own mean. */
const GRAIN_PEAK = 3;

/** `yuv`: square planes 0..255; `matte` 0..1. Soft edges of the person lie before a smooth passage to what is seen. */
export function fillBackground(yuv: readonly Plane[], matte: Plane, size: number): Plane[] {
  const presence = matte.map((alpha) => (alpha > 0.04 ? 1 : 0));
  const near = boxBlur(presence, size, size, Math.max(3, Math.round(size / 90)));
  const filled = fillHalfSize(
    yuv.map((plane) => halve(plane, size)),
    halve(near, size).map((share) => (share < 0.02 ? 1 : 0)),
    halve(matte, size).map((alpha) => smoothstep(...HIDDEN, alpha)),
    size / 2,
  );
  // The filling learns from a distance, but the picture itself is kept up to the wisps around the person.
  const wisps = boxBlur(presence, size, size, Math.max(2, Math.round(size / 170)));
  return yuv.map((plane, c) => {
    const behind = resizeSquare(filled[c], size / 2, size);
    return plane.map((value, i) => value + smoothstep(0.02, 0.2, wisps[i]) * (behind[i] - value));
  });
}

/** Half the size is enough for what is never seen at rest. `seen`, `hidden`: 0..1. */
function fillHalfSize(yuv: readonly Plane[], seen: Plane, hidden: Plane, size: number): Plane[] {
  const smooth = pushPull(yuv, seen, size);
  const texture = continueTexture(yuv, seen, size);
  if (!texture) return smooth;
  const behind = shadedLike(smooth, texture, size);
  const withBehind = (plane: Plane, c: number) =>
    plane.map((value, i) => value + hidden[i] * (behind[c][i] - value));
  const known = seen.map((value, i) => (value > 0 || hidden[i] > 0.99 ? 1 : 0));
  return pushPull(yuv.map(withBehind), known, size).map(withBehind);
}

/** The texture, in calm scenes its grain over the smooth filling. */
function shadedLike(smooth: readonly Plane[], texture: readonly Plane[], size: number): Plane[] {
  const blur = (plane: Plane, reach: number) => boxBlur(plane, size, size, Math.round(reach * size));
  const spread = (plane: Plane) => blur(plane.map(Math.abs), CALM_REACH);
  const away = spread(texture[0].map((value, i) => value - smooth[0][i]));
  const grains = texture.map((plane) => {
    const shades = blur(plane, GRAIN_REACH);
    return plane.map((value, i) => value - shades[i]);
  });
  const details = grains.map(spread);
  return texture.map((plane, c) =>
    plane.map((value, i) => {
      // Where two pieces meet there is a step, which is no grain.
      const limit = GRAIN_PEAK * details[c][i];
      const calm = smooth[c][i] + clamp(grains[c][i], -limit, limit);
      return calm + smoothstep(...EVEN, away[i]) * smoothstep(...BLURRED, details[0][i]) * (value - calm);
    }),
  );
}
