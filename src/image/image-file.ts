/** Image files: checked from the header before anything is decoded, then read as plain RGB. */
import sharp, { type Metadata } from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { VultusError } from '../errors.ts';
import { layOnGround } from './transparency.ts';

export const MAX_IMAGE_FILE_BYTES = 20_000_000;
const MAX_PIXELS = 50_000_000;
/** Share of a picture's rows that may be missing at its end. */
const MOST_MISSING = 0.05;
const READABLE_FORMATS = ['png', 'jpeg', 'webp', 'heif', 'avif'];

interface Decoded {
  data: Buffer;
  info: { width: number; height: number; channels: number };
}

/** What a picture may cost; absent: as much as a portrait. */
export interface ReadLimits {
  mostPixels?: number;
  /** Of the longer side to the shorter one. */
  longestShape?: number;
  /** Seconds for each time that it is decoded; a damaged one may be read three times. */
  timeoutS?: number;
}

/**
 * Checks size and kind from the header alone, so that a decompression bomb costs nothing, then decodes once:
 * turned upright (EXIF), transparent pixels filled, at most `maxSide` pixels on the longer side.
 * @throws VultusError `portrait_too_many_bytes`, `portrait_too_many_pixels`, `portrait_not_an_image`
 */
export async function readImageFile(
  bytes: Uint8Array,
  maxSide: number,
  { mostPixels = MAX_PIXELS, longestShape = Number.POSITIVE_INFINITY, timeoutS = 0 }: ReadLimits = {},
): Promise<RgbPicture> {
  if (bytes.byteLength > MAX_IMAGE_FILE_BYTES) {
    throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
  }
  if (isHeic(bytes)) throw new VultusError('portrait_not_an_image', 'HEIC is not read; save it as JPEG');
  const metadata = await readHeader(bytes);
  const { width = 0, height = 0, format } = metadata;
  if (!READABLE_FORMATS.includes(format ?? '')) {
    throw new VultusError('portrait_not_an_image', `format ${format ?? 'unknown'}`);
  }
  if (width * height > mostPixels || Math.max(width, height) > longestShape * Math.min(width, height)) {
    throw new VultusError('portrait_too_many_pixels', `${width} × ${height}`);
  }
  try {
    const { data, info } = await decode(bytes, maxSide, timeoutS);
    const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
    if (info.channels === 4) return await layOnGround(picture);
    return info.channels === 1 ? greyToRgb(picture) : picture;
  } catch (cause) {
    throw new VultusError('portrait_not_an_image', 'damaged or cut off', { cause });
  }
}

/** A file that lacks its last bytes is still read where hardly a row is missing. */
async function decode(bytes: Uint8Array, maxSide: number, timeoutS: number): Promise<Decoded> {
  const file = (failOn: 'truncated' | 'none') =>
    sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn }).timeout({ seconds: timeoutS });
  const pipeline = (failOn: 'truncated' | 'none') =>
    file(failOn)
      .rotate()
      .toColourspace('srgb')
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
  try {
    return await pipeline('truncated');
  } catch (cause) {
    // In the file's own direction: what is missing is at its end.
    const unturned = await file('none').raw().toBuffer({ resolveWithObject: true });
    if (emptyRows(unturned) > MOST_MISSING * unturned.info.height) throw cause;
    return pipeline('none');
  }
}

/** Rows at the bottom in which all samples of a channel are the same: what decoders fill in for what is missing. */
function emptyRows({ data, info: { width, height, channels } }: Decoded): number {
  const last = data.subarray(-channels);
  const isEmpty = (row: number) =>
    data
      .subarray(row * width * channels, (row + 1) * width * channels)
      .every((value, i) => value === last[i % channels]);
  let rows = 0;
  while (rows < height && isEmpty(height - 1 - rows)) rows++;
  return rows;
}

/** HEVC in HEIF (ISO/IEC 23008-12, B.4.1), as phones write it; AVIF has the same container. */
function isHeic(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64));
  const head = start.toString('latin1');
  const brands = head.slice(4, 8) === 'ftyp' ? head.slice(8, start.readUInt32BE(0)) : '';
  return /hei[cxms]|hev[cxms]/.test(brands) && !brands.includes('avif');
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
