/** How near a picture comes to the true one: squared error and structural similarity, by region of the face. */

import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { EYES, FACE_OVAL, LOWER_LIP_RINGS, MOUTH_CORNER, UPPER_LIP_RINGS } from '../../src/face/topology.ts';
import { rgbToYuv } from '../../src/image/colour.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { boxBlur, resizeSquare } from '../../src/image/planes.ts';
import { MATTE_SIDE, type TrueFrame } from './true-heads.ts';

export const REGIONS = ['whole', 'face', 'mouth', 'eyes', 'edge'] as const;
export type Region = (typeof REGIONS)[number];
/** Which pixels count, `[height·width]` of 0 or 1. */
export type Mask = Uint8Array;

const LIPS = [...UPPER_LIP_RINGS[0], ...LOWER_LIP_RINGS[0], MOUTH_CORNER.left, MOUTH_CORNER.right];
/** Rectangles are larger than what they surround by this share of it on each side. */
const MOUTH_MARGIN = 0.25;
const EYE_MARGIN = [0.3, 0.9];
/** Pixels of the matte around its edge that belong to the edge. */
const EDGE_REACH = 2;

/** Pixels on each side of the middle of the window. */
const WINDOW_REACH = 3;
/** Constants of Wang et al. 2004 for 8-bit pictures. */
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

export function regionMasks({ landmarks, matte }: TrueFrame, side: number): Record<Region, Mask> {
  const eyes = [EYES.left, EYES.right].map(({ outerCorner, innerCorner, upperLid, lowerLid }) =>
    rectangle(landmarks, [outerCorner, innerCorner, ...upperLid, ...lowerLid], EYE_MARGIN, side),
  );
  return {
    whole: new Uint8Array(side * side).fill(1),
    face: rectangle(landmarks, FACE_OVAL, [0, 0], side),
    mouth: rectangle(landmarks, LIPS, [MOUTH_MARGIN, MOUTH_MARGIN], side),
    eyes: eyes[0].map((inside, i) => inside | eyes[1][i]),
    edge: edgeOf(matte, side),
  };
}

function rectangle(
  points: Float32Array,
  chosen: readonly number[],
  margin: readonly number[],
  side: number,
): Mask {
  const span = [0, 1].map((axis) => {
    const values = chosen.map((i) => points[2 * i + axis]);
    const [from, to] = [Math.min(...values), Math.max(...values)];
    return [side * (from - margin[axis] * (to - from)), side * (to + margin[axis] * (to - from))];
  });
  const mask = new Uint8Array(side * side);
  for (let y = Math.max(0, Math.round(span[1][0])); y < Math.min(side, span[1][1]); y++) {
    mask.fill(
      1,
      y * side + Math.max(0, Math.round(span[0][0])),
      y * side + Math.min(side, Math.round(span[0][1])),
    );
  }
  return mask;
}

/** A band along the outline of the person. */
function edgeOf(matte: Uint8Array, side: number): Mask {
  const near = new Float32Array(MATTE_SIDE * MATTE_SIDE);
  for (let y = 0; y < MATTE_SIDE; y++) {
    for (let x = 0; x < MATTE_SIDE; x++) {
      let [low, high] = [255, 0];
      for (let dy = -EDGE_REACH; dy <= EDGE_REACH; dy++) {
        for (let dx = -EDGE_REACH; dx <= EDGE_REACH; dx++) {
          const [nx, ny] = [x + dx, y + dy];
          if (nx < 0 || ny < 0 || nx >= MATTE_SIDE || ny >= MATTE_SIDE) continue;
          low = Math.min(low, matte[ny * MATTE_SIDE + nx]);
          high = Math.max(high, matte[ny * MATTE_SIDE + nx]);
        }
      }
      near[y * MATTE_SIDE + x] = high - low > 127 ? 1 : 0;
    }
  }
  return Uint8Array.from(resizeSquare(near, MATTE_SIDE, side), (value) => (value > 0.5 ? 1 : 0));
}

/** Chroma as the mean of 2 × 2 pixels. */
export function toI420({ width, height, data }: RgbPicture): I420 {
  const picture = createI420(width, height);
  const chroma = new Float32Array((width * height) / 2);
  const quarter = chroma.length / 2;
  for (let i = 0; i < width * height; i++) {
    const [y, u, v] = rgbToYuv(data[3 * i], data[3 * i + 1], data[3 * i + 2]);
    picture.data[i] = Math.round(y);
    const c = (Math.floor(i / width) >> 1) * (width / 2) + ((i % width) >> 1);
    chroma[c] += u / 4;
    chroma[c + quarter] += v / 4;
  }
  picture.data.set(chroma.map(Math.round), width * height);
  return picture;
}

/** Sums that `psnr` is made of: squared error of the samples, and how many they are. */
export interface ErrorSum {
  squared: number;
  values: number;
}

/** Over luma, and chroma at half the size, as encoders measure it: what can be put out is I420. */
export function squaredError(a: I420, b: I420, mask: Mask): ErrorSum {
  const { width, height } = a;
  const half = width / 2;
  let [squared, values] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    squared += (a.data[i] - b.data[i]) ** 2;
    values++;
    const [x, y] = [i % width, Math.floor(i / width)];
    if ((x & 1) | (y & 1)) continue;
    for (const plane of [0, 1]) {
      const k = width * height * (1 + plane / 4) + (y >> 1) * half + (x >> 1);
      squared += (a.data[k] - b.data[k]) ** 2;
      values++;
    }
  }
  return { squared, values };
}

/** Decibels. */
export function psnr({ squared, values }: ErrorSum): number {
  return 10 * Math.log10((255 * 255 * values) / squared);
}

/** Mean steepness of the luma over the masked pixels, levels per pixel. */
export function detail({ width, height, data }: I420, mask: Mask): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < width * (height - 1); i++) {
    if (!mask[i] || i % width === width - 1) continue;
    sum += Math.abs(data[i + 1] - data[i]) + Math.abs(data[i + width] - data[i]);
    count++;
  }
  return sum / count;
}

/** Structural similarity of the luma around each pixel (Wang et al. 2004, flat window of 7 × 7): `[height·width]`. */
export function similarityMap(a: I420, b: I420): Float32Array {
  const { width, height } = a;
  const [x, y] = [lumaOf(a), lumaOf(b)];
  const product = (p: Float32Array, q: Float32Array) => p.map((value, i) => value * q[i]);
  const averaged = (plane: Float32Array) => boxBlur(plane, width, height, WINDOW_REACH);
  const [mx, my] = [averaged(x), averaged(y)];
  const [xx, yy, xy] = [averaged(product(x, x)), averaged(product(y, y)), averaged(product(x, y))];
  return mx.map((m, i) => {
    const n = my[i];
    const numerator = (2 * m * n + C1) * (2 * (xy[i] - m * n) + C2);
    return numerator / ((m * m + n * n + C1) * (xx[i] - m * m + (yy[i] - n * n) + C2));
  });
}

function lumaOf({ width, height, data }: I420): Float32Array {
  return new Float32Array(data.subarray(0, width * height));
}

/** Mean over the masked pixels. */
export function meanWithin(values: Float32Array, mask: Mask): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    sum += values[i];
    count++;
  }
  return sum / count;
}
