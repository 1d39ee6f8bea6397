/** What a picture file says of itself, checked before anything is decoded: a decompression bomb then costs nothing. */
import sharp, { type Metadata } from 'sharp';
import { VultusError } from '../errors.ts';

export const MAX_IMAGE_FILE_BYTES = 20_000_000;
export const MAX_PIXELS = 50_000_000;
/** Of the longer side to the shorter one: reducing longer strips takes minutes, and there is no face in them. */
const LONGEST_STRIP = 50;
const READABLE_FORMATS = ['png', 'jpeg', 'webp', 'heif', 'avif'];

/** What a picture may cost; absent: as much as a portrait. */
export interface ReadLimits {
  mostPixels?: number;
  /** Of the longer side to the shorter one. */
  longestShape?: number;
  /** Seconds for each time that it is decoded; a damaged one is decoded twice. */
  timeoutS?: number;
}

export interface PictureHeader {
  /** Pixels, in the file's own direction. */
  width: number;
  height: number;
  /** EXIF 2.32, tag 0x0112: 1 to 8. */
  orientation: number;
}

/**
 * @throws VultusError `portrait_too_many_bytes`, `portrait_too_many_pixels`, `portrait_not_an_image`, and
 *   `portrait_no_face` for strips
 */
export async function readPictureHeader(
  bytes: Uint8Array,
  { mostPixels = MAX_PIXELS, longestShape = Number.POSITIVE_INFINITY }: ReadLimits = {},
): Promise<PictureHeader> {
  if (bytes.byteLength > MAX_IMAGE_FILE_BYTES) {
    throw new VultusError('portrait_too_many_bytes', `${bytes.byteLength} bytes`);
  }
  if (hasBrandOfHeic(bytes)) throw isHeic();
  const { width = 0, height = 0, format, compression, orientation = 1 } = await read(bytes);
  if (!READABLE_FORMATS.includes(format ?? '')) {
    throw new VultusError('portrait_not_an_image', `format ${format ?? 'unknown'}`);
  }
  if (format === 'heif' && compression !== 'av1') throw isHeic();
  if (width * height > mostPixels || Math.max(width, height) > longestShape * Math.min(width, height)) {
    throw new VultusError('portrait_too_many_pixels', `${width} × ${height}`);
  }
  if (Math.max(width, height) > LONGEST_STRIP * Math.min(width, height)) {
    throw new VultusError('portrait_no_face', `${width} × ${height}`);
  }
  return { width, height, orientation };
}

async function read(bytes: Uint8Array): Promise<Metadata> {
  try {
    // The pixel limit is checked by the caller, with a code of its own.
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    const detail = lacksEnd(bytes) ? 'cut off' : 'unreadable header';
    throw new VultusError('portrait_not_an_image', detail, { cause });
  }
}

/** HEVC in HEIF (ISO/IEC 23008-12, B.4.1), as phones write it; AVIF has the same container. */
function hasBrandOfHeic(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64));
  const head = start.toString('latin1');
  const brands = head.slice(4, 8) === 'ftyp' ? head.slice(8, start.readUInt32BE(0)) : '';
  return /hei[cxms]|hev[cxms]/.test(brands) && !brands.includes('avif');
}

function isHeic(): VultusError {
  return new VultusError('portrait_not_an_image', 'HEIC is not read; save it as JPEG');
}

/** WebP (RFC 9649) tells its length; of one that lacks any of it nothing is read. */
function lacksEnd(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12));
  const isWebp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8) === 'WEBP';
  return isWebp && head.readUInt32LE(4) + 8 > bytes.byteLength;
}
