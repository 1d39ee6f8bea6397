import sharp from 'sharp';
import type { RgbPicture } from '../../contract/rgb-picture.ts';

const PREVIEW_PIXELS = 256;

/** A picture as a JPEG thumbnail. */
export async function makePreview({ data, width, height }: RgbPicture): Promise<Uint8Array> {
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(await picture.resize(PREVIEW_PIXELS).jpeg({ quality: 84 }).toBuffer());
}
