/** How near a picture comes to the true one: squared error and structural similarity within a mask. */

import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { rgbToYuv } from '../../src/image/colour.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { boxBlur } from '../../src/image/planes.ts';
import type { Mask } from './regions.ts';

/** Pixels on each side of the middle of the window. */
const WINDOW_REACH = 3;
/** Constants of Wang et al. 2004 for 8-bit pictures. */
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

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
