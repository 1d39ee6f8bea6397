/** The scene without the person: as it is seen, and filled in where the person hides it. */

import {
  above,
  boxBlur,
  clamp,
  halve,
  type Plane,
  resizeSquare,
  smoothstep,
} from '../../../../image/planes.ts';
import { pushPull, pushPullInPlace } from '../../../../image/push-pull.ts';
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
  const presence = above(matte, 0.04);
  const near = boxBlur(presence, size, size, Math.max(3, Math.round(size / 90)));
  const filled = fillHalfSize(
    yuv.map((plane) => halve(plane, size)),
    farFrom(halve(near, size)),
    hiddenShare(halve(matte, size)),
    size / 2,
  );
  // The filling learns from a distance, but the picture itself is kept up to the wisps around the person.
  const wisps = boxBlur(presence, size, size, Math.max(2, Math.round(size / 170)), presence);
  return yuv.map((plane, c) => {
    const result = resizeSquare(filled[c], size / 2, size);
    for (let i = 0; i < result.length; i++) {
      result[i] = plane[i] + smoothstep(0.02, 0.2, wisps[i]) * (result[i] - plane[i]);
    }
    return result;
  });
}

/** 1 where next to nothing of the person is near. */
function farFrom(near: Plane): Plane {
  const result = new Float32Array(near.length);
  for (let i = 0; i < near.length; i++) if (near[i] < 0.02) result[i] = 1;
  return result;
}

function hiddenShare(matte: Plane): Plane {
  const result = new Float32Array(matte.length);
  for (let i = 0; i < matte.length; i++) result[i] = smoothstep(HIDDEN[0], HIDDEN[1], matte[i]);
  return result;
}

/** Lays `other` over a plane, as opaque as `share` says, 0..1. */
function lay(other: Plane, share: Plane, plane: Plane): void {
  for (let i = 0; i < plane.length; i++) {
    if (share[i] > 0) plane[i] += share[i] * (other[i] - plane[i]);
  }
}

/** Half the size is enough for what is never seen at rest. `seen`, `hidden`: 0..1. */
function fillHalfSize(yuv: readonly Plane[], seen: Plane, hidden: Plane, size: number): Plane[] {
  const smooth = pushPull(yuv, seen, size);
  const texture = continueTexture(yuv, seen, size);
  if (!texture) return smooth;
  const behind = shadedLike(smooth, texture, size);
  const known = new Float32Array(seen.length);
  for (let i = 0; i < known.length; i++) if (seen[i] > 0 || hidden[i] > 0.99) known[i] = 1;
  const continued = yuv.map((plane) => plane.slice());
  continued.forEach((plane, c) => {
    lay(behind[c], hidden, plane);
  });
  pushPullInPlace(continued, known, size);
  continued.forEach((plane, c) => {
    lay(behind[c], hidden, plane);
  });
  return continued;
}

/** The texture, in calm scenes its grain over the smooth filling. */
function shadedLike(smooth: readonly Plane[], texture: readonly Plane[], size: number): Plane[] {
  const spread = (plane: Plane) => {
    const sizes = absolute(plane);
    return boxBlur(sizes, size, size, Math.round(CALM_REACH * size), sizes);
  };
  const shades = (plane: Plane) => boxBlur(plane, size, size, Math.round(GRAIN_REACH * size));
  const away = spread(minus(texture[0], smooth[0]));
  const grains = texture.map((plane) => minus(plane, shades(plane)));
  const details = grains.map(spread);
  return texture.map((plane, c) => {
    const result = new Float32Array(plane.length);
    for (let i = 0; i < result.length; i++) {
      // Where two pieces meet there is a step, which is no grain.
      const limit = GRAIN_PEAK * details[c][i];
      const calm = smooth[c][i] + clamp(grains[c][i], -limit, limit);
      const textured =
        smoothstep(EVEN[0], EVEN[1], away[i]) * smoothstep(BLURRED[0], BLURRED[1], details[0][i]);
      result[i] = calm + textured * (plane[i] - calm);
    }
    return result;
  });
}

function minus(a: Plane, b: Plane): Plane {
  const result = new Float32Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = a[i] - b[i];
  return result;
}

function absolute(plane: Plane): Plane {
  const result = new Float32Array(plane.length);
  for (let i = 0; i < result.length; i++) result[i] = Math.abs(plane[i]);
  return result;
}
