/** Square cut-outs of a drawing that lie in its face, and its skin as it would be without what is drawn on it. */
import type { Yuv } from '../../../../image/colour.ts';
import { boxBlur, type ColourPlanes, type Plane, smoothstep } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import { pushPull } from '../../../../image/push-pull.ts';
import { samplePlane } from '../../../../image/sample.ts';
import type { DrawnPatch } from '../../drawn/drawing.ts';

/** Texels a side at most: larger ones are measured coarser. */
const MOST_TEXELS = 224;
/** Light of skin against that of the face's: shades are darker, lines far more. And its distance in colour, levels. */
const SKIN_LIGHT: readonly [number, number] = [0.58, 0.72];
export const SHADED_LIGHT: readonly [number, number] = [0.34, 0.46];
const LIGHTEST = [1.18, 1.3] as const;
const SKIN_TINT = [12, 24] as const;
/** Light of shades against that which most of it has. Even skin changes less than this, or than so many times the usual: grain. */
const DARKEST_SHADE = 0.6;
const SLOPE_REACH = 2;
const LEAST_SLOPE = 7;
const UNEVEN = 2.5;

export interface CutOut extends DrawnPatch {
  /** YUV `[size²]`. */
  planes: Plane[];
  /** From view fractions to texels. */
  toPatch(point: Point): [x: number, y: number];
}

/** `along`: unit vector of the line between the eyes, to the picture's right; `corners`: what it has to hold, view fractions. */
export function cutPatch(view: ColourPlanes, along: Point, corners: readonly Point[]): CutOut {
  const across = corners.map(([x, y]) => x * along[0] + y * along[1]);
  const down = corners.map(([x, y]) => y * along[0] - x * along[1]);
  const [left, top] = [Math.min(...across), Math.min(...down)];
  const extent = Math.max(Math.max(...across) - left, Math.max(...down) - top);
  const texel = Math.max(1 / view.size, extent / MOST_TEXELS);
  const size = Math.ceil(extent / texel) + 1;
  // On whole pixels of a face that is upright.
  const whole = (value: number) => Math.floor(value * view.size) / view.size;
  const origin: [number, number] = [
    whole(left * along[0] - top * along[1]),
    whole(left * along[1] + top * along[0]),
  ];
  const step: [number, number] = [texel * along[0], texel * along[1]];
  const planes = view.channels.map((plane) => {
    const cut = new Float32Array(size * size);
    for (let y = 0, i = 0; y < size; y++) {
      for (let x = 0; x < size; x++, i++) {
        const [dx, dy] = [x + 0.5, y + 0.5];
        cut[i] = samplePlane(
          plane,
          view.size,
          origin[0] + dx * step[0] - dy * step[1],
          origin[1] + dx * step[1] + dy * step[0],
        );
      }
    }
    return cut;
  });
  const toPatch = ([x, y]: Point): [number, number] => {
    const [dx, dy] = [(x - origin[0]) / texel, (y - origin[1]) / texel];
    return [dx * along[0] + dy * along[1], dy * along[0] - dx * along[1]];
  };
  return { origin, step, size, planes, toPatch };
}

/** How surely each texel is bare skin, 0..1. `skin`: of the face; `shades`: how dark it may be. */
export function skinLikeness({ planes: [luma, u, v] }: CutOut, skin: Yuv, shades = SKIN_LIGHT): Plane {
  return luma.map((value, i) => {
    const light = (value - 16) / Math.max(1, skin[0] - 16);
    const tint = Math.min(1.15, light);
    const away = Math.hypot(u[i] - 128 - tint * (skin[1] - 128), v[i] - 128 - tint * (skin[2] - 128));
    return (
      smoothstep(...shades, light) *
      (1 - smoothstep(...LIGHTEST, light)) *
      (1 - smoothstep(...SKIN_TINT, away))
    );
  });
}

/** 1 where there is nothing but even skin, in the light or in a shade; lines' soft edges are neither. */
export function cleanSkin({ planes: [luma], size }: CutOut, likeness: Plane): Plane {
  const other = grown(
    likeness.map((value) => (value > 0.5 ? 0 : 1)),
    size,
    1,
  );
  const bare = [...other.keys()].filter((i) => other[i] === 0);
  const usual = median(bare.map((i) => luma[i])) - 16;
  const steps = luma.map((_, i) => slope(luma, i, size));
  const limit = Math.max(LEAST_SLOPE, UNEVEN * median(bare.map((i) => steps[i])));
  return other.map((value, i) =>
    value === 0 && steps[i] < limit && luma[i] - 16 > DARKEST_SHADE * usual ? 1 : 0,
  );
}

/** Levels within so many texels to each side. */
function slope(luma: Plane, i: number, size: number): number {
  const at = (k: number) => luma[Math.min(luma.length - 1, Math.max(0, k))];
  return Math.hypot(
    at(i + SLOPE_REACH) - at(i - SLOPE_REACH),
    at(i + SLOPE_REACH * size) - at(i - SLOPE_REACH * size),
  );
}

/** The skin that goes on where `known` is 0: even, as it is around. `skin`: the face's, where nothing is known. */
export function bareSkin({ planes, size }: CutOut, known: Plane, skin: Yuv): Plane[] {
  if (known.reduce((sum, value) => sum + value, 0) < 0.01 * known.length) {
    return skin.map((value) => new Float32Array(known.length).fill(value));
  }
  return filledFrom(planes, known, size).map((plane) => boxBlur(plane, size, size, Math.max(1, size >> 6)));
}

/** Planes `[size²]`, filled smoothly where `known` is 0 from where it is 1. */
export function filledFrom(planes: readonly Plane[], known: Plane, size: number): Plane[] {
  const whole = 2 ** Math.ceil(Math.log2(size));
  const copied = (plane: Plane, from: number, to: number) => {
    const result = new Float32Array(to * to);
    const rows = Math.min(from, to);
    for (let y = 0; y < rows; y++) result.set(plane.subarray(y * from, y * from + rows), y * to);
    return result;
  };
  const padded = planes.map((plane) => copied(plane, size, whole));
  return pushPull(padded, copied(known, size, whole), whole).map((plane) => copied(plane, whole, size));
}

/** A plane of 0 and 1 that has grown by so many texels, with soft edges. */
export function grown(mask: Plane, size: number, texels: number): Plane {
  const spread = boxBlur(mask, size, size, Math.max(1, Math.round(texels)));
  const least = 1 / (2 * Math.max(1, Math.round(texels)) + 1) ** 2;
  return spread.map((value) => (value > 0.6 * least ? 1 : 0));
}

/** YUV and coverage 0..1 as bytes `[size²·4]`. */
export function layer(planes: readonly Plane[], coverage: Plane): Uint8Array {
  const result = new Uint8ClampedArray(4 * coverage.length);
  for (let i = 0; i < coverage.length; i++) {
    for (let c = 0; c < 3; c++) result[4 * i + c] = Math.round(planes[c][i]);
    result[4 * i + 3] = Math.round(255 * coverage[i]);
  }
  return new Uint8Array(result.buffer);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Of each channel for itself. */
export function medianColour(planes: readonly Plane[], texels: readonly number[]): Yuv {
  const [luma, u, v] = planes;
  const middle = (plane: Plane) => median(texels.map((i) => plane[i]));
  return [middle(luma), middle(u), middle(v)];
}

/** A plane `[size²]` by what each texel has. */
export function planeOf(size: number, value: (texel: number) => number): Plane {
  return Float32Array.from({ length: size * size }, (_, i) => value(i));
}
