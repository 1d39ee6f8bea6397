import { AV_PIX_FMT_RGB24 } from 'node-av/constants';
import type { PictureEncoding } from '../contract/outputs.ts';
import type { I420 } from '../image/i420.ts';
import { JpegEncoder } from './jpeg-encoder.ts';
import { PixelConverter } from './pixel-converter.ts';

/** Pictures of one size that each stand by themselves. */
interface SizedEncoder {
  encode(picture: I420): Uint8Array;
  close(): void;
}

const OPEN: Readonly<Record<PictureEncoding, (width: number, height: number) => SizedEncoder>> =
  Object.freeze({
    i420: () => ({ encode: ({ data }: I420) => data.slice(), close: () => {} }),
    rgb: (width: number, height: number) => {
      const converter = new PixelConverter(width, height, AV_PIX_FMT_RGB24);
      return {
        encode: (picture: I420) => {
          const pixels = Buffer.allocUnsafeSlow(width * height * 3);
          converter.convert(picture, [pixels], [width * 3]);
          return pixels;
        },
        close: () => converter.close(),
      };
    },
    jpeg: (width: number, height: number) => new JpegEncoder(width, height),
  });

/** Pictures of any size, each by itself, in one encoding. */
export class StillEncoder {
  readonly #encoding: PictureEncoding;
  #sized: SizedEncoder | undefined;
  #size = '';

  constructor(encoding: PictureEncoding) {
    this.#encoding = encoding;
  }

  /** In memory of its own. Another size than before costs about a millisecond more, once. Throws `encoder_failed`. */
  encode(picture: I420): Uint8Array {
    const { width, height } = picture;
    const size = `${width}×${height}`;
    if (size !== this.#size) this.close();
    this.#sized ??= OPEN[this.#encoding](width, height);
    this.#size = size;
    return this.#sized.encode(picture);
  }

  /** Idempotent. */
  close(): void {
    this.#sized?.close();
    this.#sized = undefined;
  }
}
