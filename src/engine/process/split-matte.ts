import type { I420 } from '../../image/i420.ts';

/** Video luma 16..235 as 0..255. */
const ALPHA = Uint8Array.from({ length: 256 }, (_, luma) =>
  Math.min(255, Math.max(0, Math.round(((luma - 16) * 255) / 219))),
);

/**
 * Takes apart a picture with its matte below it (see `Backdrop`).
 * @returns `data`: I420 of the upper half; `matte`: `Uint8Array [width·height]` of the lower one, 0..255
 */
export function splitMatte({ width, height, data }: I420): { data: Uint8Array; matte: Uint8Array } {
  const pixels = (width * height) / 2;
  const quarter = pixels / 4;
  const upper = new Uint8Array(pixels + 2 * quarter);
  upper.set(data.subarray(0, pixels));
  upper.set(data.subarray(2 * pixels, 2 * pixels + quarter), pixels);
  upper.set(data.subarray(2 * pixels + 2 * quarter, 2 * pixels + 3 * quarter), pixels + quarter);
  return { data: upper, matte: data.subarray(pixels, 2 * pixels).map((luma) => ALPHA[luma]) };
}
