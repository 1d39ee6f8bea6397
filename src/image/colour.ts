/** Colour conversion, BT.601 limited range, the one of I420 in this project. */
import type { RgbPicture } from '../contract/rgb-picture.ts';
import type { I420 } from './i420.ts';
import type { Plane } from './planes.ts';

/** Luma 16..235 and chroma around 128, as fractions of levels where they are computed. */
export type Yuv = readonly [y: number, u: number, v: number];

export function rgbToYuv(r: number, g: number, b: number): [number, number, number] {
  return [lumaOf(r, g, b), uOf(r, g, b), vOf(r, g, b)];
}

function lumaOf(r: number, g: number, b: number): number {
  return 16 + 0.25679 * r + 0.50413 * g + 0.09791 * b;
}

function uOf(r: number, g: number, b: number): number {
  return 128 - 0.14822 * r - 0.29099 * g + 0.43922 * b;
}

function vOf(r: number, g: number, b: number): number {
  return 128 + 0.43922 * r - 0.36779 * g - 0.07143 * b;
}

export function yuvToRgb(y: number, u: number, v: number): [number, number, number] {
  const luma = 1.16438 * (y - 16);
  return [
    luma + 1.59603 * (v - 128),
    luma - 0.39176 * (u - 128) - 0.81297 * (v - 128),
    luma + 2.01723 * (u - 128),
  ];
}

/** Planes Y, U, V of a picture, 0..255, all at full size. */
export function toYuvPlanes({ data, width, height }: RgbPicture): [Plane, Plane, Plane] {
  const pixels = width * height;
  const luma = new Float32Array(pixels);
  const u = new Float32Array(pixels);
  const v = new Float32Array(pixels);
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    const red = data[at];
    const green = data[at + 1];
    const blue = data[at + 2];
    luma[i] = lumaOf(red, green, blue);
    u[i] = uOf(red, green, blue);
    v[i] = vOf(red, green, blue);
  }
  return [luma, u, v];
}

/** One of a picture's colours, 0 red, 1 green, 2 blue, into a plane: 0..1. */
export function readUnitPlane({ data }: RgbPicture, colour: number, plane: Plane): void {
  for (let i = 0, at = colour; i < plane.length; i++, at += 3) plane[i] = data[at] / 255;
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
