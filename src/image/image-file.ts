/** Image files as plain RGB. */
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { VultusError } from '../errors.ts';
import { PictureFile } from './picture-file.ts';
import type { ReadLimits } from './picture-header.ts';

export { MAX_IMAGE_FILE_BYTES, type ReadLimits } from './picture-header.ts';

/** Share of a picture's rows that may be missing at its end. */
const MOST_MISSING = 0.05;

/**
 * Turned upright (EXIF), transparent pixels filled, at most `maxSide` pixels on the longer side.
 * @throws VultusError `portrait_too_many_bytes`, `portrait_too_many_pixels`, `portrait_not_an_image`
 */
export async function readImageFile(
  bytes: Uint8Array,
  maxSide: number,
  limits?: ReadLimits,
): Promise<RgbPicture> {
  const { picture, missing } = await PictureFile.open(
    bytes,
    ({ width, height }) => maxSide / Math.max(width, height),
    limits,
  );
  if (missing > MOST_MISSING) throw new VultusError('portrait_not_an_image', 'damaged or cut off');
  return picture;
}
