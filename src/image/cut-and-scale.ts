import sharp from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';

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
  const data = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  })
    .extract(area)
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, data: new Uint8Array(data) };
}
