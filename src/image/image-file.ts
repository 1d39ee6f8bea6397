/** Image files: checked from the header before anything is decoded, then read as plain RGB. */
import sharp, { type Metadata } from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { VultusError } from '../errors.ts';
import { layOnGround } from './transparency.ts';

export const MAX_IMAGE_FILE_BYTES = 20_000_000;
const MAX_PIXELS = 50_000_000;
const READABLE_FORMATS = ['png', 'jpeg', 'webp', 'heif', 'avif'];

/**
 * Checks size and kind from the header alone, so that a decompression bomb costs nothing, then decodes once:
 * turned upright (EXIF), transparent pixels filled, at most `maxSide` pixels on the longer side.
 * @throws VultusError `portrait_too_many_bytes`, `portrait_too_many_pixels`, `portrait_not_an_image`
 */
export async function readImageFile(bytes: Uint8Array, maxSide: number): Promise<RgbPicture> {
  if (bytes.byteLength > MAX_IMAGE_FILE_BYTES) {
    throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
  }
  const metadata = await readHeader(bytes);
  const { width = 0, height = 0, format } = metadata;
  if (!READABLE_FORMATS.includes(format ?? '')) {
    throw new VultusError('portrait_not_an_image', `format ${format ?? 'unknown'}`);
  }
  if (width * height > MAX_PIXELS) {
    throw new VultusError('portrait_too_many_pixels', `${width} × ${height}`);
  }
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'truncated' })
      .rotate()
      .toColourspace('srgb')
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
    if (info.channels === 4) return await layOnGround(picture);
    return info.channels === 1 ? greyToRgb(picture) : picture;
  } catch (cause) {
    throw new VultusError('portrait_not_an_image', 'damaged or cut off', { cause });
  }
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  try {
    // The pixel limit is checked by the caller, with a code of its own.
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new VultusError('portrait_not_an_image', 'unreadable header', { cause });
  }
}

function greyToRgb({ width, height, data }: RgbPicture): RgbPicture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) rgb.fill(data[i], 3 * i, 3 * i + 3);
  return { width, height, data: rgb };
}
