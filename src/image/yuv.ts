/** Colour conversion, BT.601 limited range, the one of I420 in this project. */

export function rgbToYuv(r: number, g: number, b: number): [number, number, number] {
  return [
    16 + 0.25679 * r + 0.50413 * g + 0.09791 * b,
    128 - 0.14822 * r - 0.29099 * g + 0.43922 * b,
    128 + 0.43922 * r - 0.36779 * g - 0.07143 * b,
  ];
}

export function yuvToRgb(y: number, u: number, v: number): [number, number, number] {
  const luma = 1.16438 * (y - 16);
  return [
    luma + 1.59603 * (v - 128),
    luma - 0.39176 * (u - 128) - 0.81297 * (v - 128),
    luma + 2.01723 * (u - 128),
  ];
}
