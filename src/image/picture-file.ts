/** Picture files: read once at a bounded size, and parts of them again at their own. */
import sharp, { type Sharp } from 'sharp';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import { VultusError } from '../errors.ts';
import type { Rectangle } from './cut-and-scale.ts';
import { areaOf, boxWithin } from './frame-shape.ts';
import { areaInFile, orient, type Pixels, swapsSides } from './orientation.ts';
import { MAX_PIXELS, type PictureHeader, type ReadLimits, readPictureHeader } from './picture-header.ts';
import { pngRows } from './png-rows.ts';
import { isCutOut, isSeeThrough, layOnGround, opacity, shapeOf } from './transparency.ts';

/** Rows above those that are missing may be there in part: JPEG has blocks of so many. */
const LAST_ROWS = 16;
/** What has fewer rows left is no picture. */
const LEAST_ROWS = 64;

export class PictureFile {
  /** Turned upright (EXIF), transparent pixels filled, without what is missing. */
  readonly picture: RgbPicture;
  /** How opaque its pixels are, in grey, where the file shows somebody cut out. */
  readonly alpha: RgbPicture | undefined;
  /** Share of the file's picture that was transparent around a shape, and left out or filled. */
  readonly framed: number;
  /** Pixels of the file per pixel of the picture, 1 or more. */
  readonly exact: number;
  /** Whether the file lacks its end, and the share of its rows that is missing for that. */
  readonly isCutOff: boolean;
  readonly missing: number;
  readonly #bytes: Uint8Array;
  readonly #header: PictureHeader;
  /** Where the picture begins in all that was read. */
  readonly #origin: Pick<Rectangle, 'left' | 'top'>;

  private constructor(bytes: Uint8Array, header: PictureHeader, read: Read, laid: Laid) {
    this.#bytes = bytes;
    this.#header = header;
    this.#origin = laid.origin;
    this.picture = laid.picture;
    this.alpha = laid.alpha;
    this.framed = laid.framed;
    this.exact = read.exact;
    this.isCutOff = read.isCutOff;
    this.missing = read.missing;
  }

  /**
   * `scaleOf`: how large a picture of that size is to be read, 1 for its own size or less.
   * @throws VultusError `portrait_too_many_bytes`, `portrait_too_many_pixels`, `portrait_not_an_image`
   */
  static async open(
    bytes: Uint8Array,
    scaleOf: (size: { width: number; height: number }) => number,
    limits: ReadLimits = {},
  ): Promise<PictureFile> {
    const header = await readPictureHeader(bytes, limits);
    try {
      const read = await readWhole(bytes, header, Math.min(1, scaleOf(header)), limits.timeoutS);
      const upright = await orient(read.pixels, header.orientation);
      return new PictureFile(bytes, header, read, await lay(upright));
    } catch (cause) {
      throw new VultusError('portrait_not_an_image', 'damaged or cut off', { cause });
    }
  }

  /** An area of `picture` in the file's own pixels; undefined where it is transparent. */
  async cut({ left, top, width, height }: Rectangle): Promise<RgbPicture | undefined> {
    const { orientation } = this.#header;
    const size = swapsSides(orientation)
      ? { width: this.#header.height, height: this.#header.width }
      : this.#header;
    const [x, across] = stretched(this.#origin.left + left, width, this.exact, size.width);
    const [y, down] = stretched(this.#origin.top + top, height, this.exact, size.height);
    const area = areaInFile({ left: x, top: y, width: across, height: down }, orientation, this.#header);
    const pixels = await decode(
      sharp(this.#bytes, { limitInputPixels: MAX_PIXELS, failOn: this.isCutOff ? 'none' : 'truncated' })
        .toColourspace('srgb')
        .extract(area),
    );
    if (pixels.channels === 4 && isSeeThrough(pixels.data)) return undefined;
    return (await lay(await orient(pixels, orientation))).picture;
  }
}

interface Read {
  pixels: Pixels;
  exact: number;
  isCutOff: boolean;
  missing: number;
}

/** In the file's own direction: what is missing is at its end. */
async function readWhole(
  bytes: Uint8Array,
  { width, height }: PictureHeader,
  scale: number,
  timeoutS = 0,
): Promise<Read> {
  const size = {
    width: Math.max(1, Math.round(scale * width)),
    height: Math.max(1, Math.round(scale * height)),
  };
  const read = (failOn: 'truncated' | 'none') =>
    decode(
      sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn })
        .timeout({ seconds: timeoutS })
        .toColourspace('srgb')
        .resize({ ...size, fit: 'fill' }),
    );
  const exact = width / size.width;
  try {
    return { pixels: await read('truncated'), exact, isCutOff: false, missing: 0 };
  } catch (cause) {
    const pixels = await read('none');
    const rowsOfPng = pngRows(bytes);
    const empty =
      rowsOfPng === undefined
        ? emptyRows(pixels)
        : pixels.height - Math.floor((rowsOfPng * pixels.height) / height);
    const rows = empty === 0 ? pixels.height : pixels.height - empty - Math.ceil(LAST_ROWS * scale);
    if (rows < LEAST_ROWS) throw cause;
    const data = pixels.data.subarray(0, rows * pixels.width * pixels.channels);
    const missing = empty / pixels.height;
    return { pixels: { ...pixels, data, height: rows }, exact, isCutOff: true, missing };
  }
}

async function decode(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    width,
    height,
    channels: channels as 3 | 4,
  };
}

interface Laid {
  picture: RgbPicture;
  alpha?: RgbPicture;
  origin: { left: number; top: number };
  framed: number;
}

/** Without transparent pixels: what is a shape of its own is cut out, its corners filled; all else gets a ground. */
async function lay({ data, width, height, channels }: Pixels): Promise<Laid> {
  const whole = { origin: { left: 0, top: 0 }, framed: 0 };
  if (channels === 3) return { ...whole, picture: { data, width, height } };
  const rgba = { data, width, height };
  const shape = isSeeThrough(data) ? shapeOf(rgba) : undefined;
  if (!shape) {
    const alpha = isSeeThrough(data) && isCutOut(rgba) ? opacity(rgba) : undefined;
    return { ...whole, picture: await layOnGround(rgba), alpha };
  }
  const box = boxWithin(shape);
  const cut = await sharp(data, { raw: { width, height, channels } }).extract(box).raw().toBuffer();
  return {
    picture: await layOnGround({ data: new Uint8Array(cut), width: box.width, height: box.height }),
    origin: box,
    framed: 1 - areaOf(shape) / (width * height),
  };
}

/** Rows at the bottom in which all samples of a channel are the same: what decoders fill in for what is missing. */
function emptyRows({ data, width, height, channels }: Pixels): number {
  const last = data.subarray(-channels);
  const isEmpty = (row: number) =>
    data
      .subarray(row * width * channels, (row + 1) * width * channels)
      .every((value, i) => value === last[i % channels]);
  let rows = 0;
  while (rows < height && isEmpty(height - 1 - rows)) rows++;
  return rows;
}

/** From and length along a side of `limit` pixels, `exact` times as large. */
function stretched(from: number, length: number, exact: number, limit: number): [number, number] {
  const start = Math.min(limit - 1, Math.round(exact * from));
  return [start, Math.max(1, Math.min(limit - start, Math.round(exact * length)))];
}
