import sharp from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { deinterleave, interleave } from './planes.ts';
import { resample } from './resample.ts';

/** A rectangle in whole pixels. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Cuts a rectangle out (it must lie inside) and scales it to `width` pixels. */
export async function cutAndScale(picture: RgbPicture, area: Rectangle, width: number): Promise<RgbPicture> {
  const height = Math.max(1, Math.round((width * area.height) / area.width));
  const cut = sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  }).extract(area);
  if (width <= area.width) {
    const data = await cut.resize(width, height, { fit: 'fill', kernel: 'lanczos3' }).raw().toBuffer();
    return { width, height, data: new Uint8Array(data) };
  }
  // What libvips enlarges lies half a pixel off.
  const pixels = new Uint8Array(await cut.raw().toBuffer());
  const planes = deinterleave(pixels, 3).map((plane) => resample(plane, area, { width, height }, 255));
  return { width, height, data: interleave(planes) };
}
