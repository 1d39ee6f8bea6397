/** Colour conversion, BT.601 limited range, the one of I420 in this project. */
import type { RgbPicture } from '../contract/rgb-picture.ts';
import type { I420 } from './i420.ts';
import type { Plane } from './planes.ts';

/** Luma 16..235 and chroma around 128, as fractions of levels where they are computed. */
export type Yuv = readonly [y: number, u: number, v: number];

export function rgbToYuv(r: number, g: number, b: number): [number, number, number] {
  return [
    16 + 0.25679 * r + 0.50413 * g + 0.09791 * b,
    128 - 0.14822 * r - 0.29099 * g + 0.43922 * b,
    128 + 0.43922 * r - 0.36779 * g - 0.07143 * b,
  ];
}

function yuvToRgb(y: number, u: number, v: number): [number, number, number] {
  const luma = 1.16438 * (y - 16);
  return [
    luma + 1.59603 * (v - 128),
    luma - 0.39176 * (u - 128) - 0.81297 * (v - 128),
    luma + 2.01723 * (u - 128),
  ];
}

/** Planes Y, U, V of a picture, 0..255, all at full size. */
export function toYuvPlanes(picture: RgbPicture): [Plane, Plane, Plane] {
  return toPlanes(picture, rgbToYuv);
}

/** Planes red, green, blue of a picture, 0..1. */
export function toUnitPlanes(picture: RgbPicture): [Plane, Plane, Plane] {
  return toPlanes(picture, (r, g, b) => [r / 255, g / 255, b / 255]);
}

function toPlanes(
  { data, width, height }: RgbPicture,
  convert: (r: number, g: number, b: number) => [number, number, number],
): [Plane, Plane, Plane] {
  const plane = () => new Float32Array(width * height);
  const planes: [Plane, Plane, Plane] = [plane(), plane(), plane()];
  for (let i = 0; i < width * height; i++) {
    const values = convert(data[3 * i], data[3 * i + 1], data[3 * i + 2]);
    for (let c = 0; c < 3; c++) planes[c][i] = values[c];
  }
  return planes;
}

export function toRgb({ width, height, data }: I420): RgbPicture {
  const rgb = new Uint8ClampedArray(width * height * 3);
  const chroma = width * height;
  const half = width / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const c = chroma + (y >> 1) * half + (x >> 1);
      rgb.set(yuvToRgb(data[y * width + x], data[c], data[c + (chroma >> 2)]), 3 * (y * width + x));
    }
  }
  return { width, height, data: new Uint8Array(rgb.buffer) };
}
