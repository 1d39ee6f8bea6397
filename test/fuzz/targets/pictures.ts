import sharp from 'sharp';
import { readImageFile } from '../../../src/image/image-file.ts';
import { codedLater } from '../coded.ts';
import { damaged } from '../damaged.ts';
import type { FuzzTarget } from '../target.ts';

const SIDE = 48;
const MOST_SIDE = 1024;

/** A damaged picture file is read, or refused; what comes out are pixels of the size that is asked for. */
export const pictures: FuzzTarget<Uint8Array> = {
  name: 'pictures',
  runsInSuite: 150,
  async open() {
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, i) => (i * i) % 251);
    const picture = () => sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 4 } });
    const files = [
      picture().png(),
      picture().png({ palette: true }),
      picture().jpeg(),
      picture().jpeg({ progressive: true }).withMetadata({ orientation: 6 }),
      picture().webp(),
      picture().webp({ lossless: true }),
      picture().avif({ effort: 0 }),
      picture().greyscale().png(),
    ];
    const bytes = await Promise.all(files.map((file) => file.toBuffer()));
    return {
      inputs: damaged(...bytes),
      async attempt(input) {
        const codes = [
          'portrait_not_an_image',
          'portrait_too_many_pixels',
          'portrait_too_many_bytes',
          // Strips, of which the header is enough.
          'portrait_no_face',
        ] as const;
        const read = await codedLater(codes, () => readImageFile(input, MOST_SIDE));
        if (!read) return;
        const { width, height, data } = read;
        if (data.length !== 3 * width * height)
          throw new Error(`${data.length} bytes of ${width} × ${height}`);
        if (Math.max(width, height) > MOST_SIDE || Math.min(width, height) < 1)
          throw new Error(`${width} × ${height}`);
      },
    };
  },
};
