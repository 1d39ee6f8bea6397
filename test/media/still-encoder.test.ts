import sharp from 'sharp';
import { expect, it } from 'vitest';
import { PICTURE_ENCODINGS } from '../../src/contract/outputs.ts';
import { toRgb } from '../../src/image/colour.ts';
import { StillEncoder } from '../../src/media/still-encoder.ts';
import { movingPicture, psnr } from '../support/test-picture.ts';

it('gives the same picture in each encoding, whatever its size is now', async () => {
  const [planes, pixels, file] = PICTURE_ENCODINGS.map((encoding) => new StillEncoder(encoding));
  for (const [width, height] of [
    [256, 256],
    [640, 368],
    [272, 480],
  ]) {
    for (let frame = 0; frame < 3; frame++) {
      const picture = movingPicture(width, height, frame);
      const expected = toRgb(picture).data;
      const copy = planes.encode(picture);
      expect(Buffer.compare(copy, picture.data)).toBe(0);
      expect(copy.buffer).not.toBe(picture.data.buffer);
      const rgb = pixels.encode(picture);
      expect(rgb).toHaveLength(3 * width * height);
      expect(psnr(rgb, expected)).toBeGreaterThan(40);
      // Read by another library, which takes it for what JFIF says: full range.
      const { data, info } = await sharp(file.encode(picture)).raw().toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ width, height, channels: 3 });
      expect(psnr(data, expected)).toBeGreaterThan(33);
    }
  }
  for (const encoder of [planes, pixels, file]) {
    encoder.close();
    encoder.close();
  }
});
