import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { PictureFile } from '../../src/image/picture-file.ts';
import { ourPortrait } from '../support/portraits.ts';

const portrait = await sharp(await ourPortrait('mei'))
  .resize(400, 512)
  .png()
  .toBuffer();
const ownSize = () => 1;

/** Mean difference of two pictures of one size, levels. */
function difference(a: RgbPicture, b: RgbPicture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
}

async function decoded(image: Sharp): Promise<RgbPicture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe('parts of a picture file', () => {
  it.each([1, 3, 5, 6, 8])('are cut in its own pixels, upright (orientation %i)', async (orientation) => {
    const bytes = await sharp(portrait).withMetadata({ orientation }).png().toBuffer();
    const file = await PictureFile.open(bytes, () => 0.25);
    const upright = await decoded(sharp(bytes).autoOrient());
    expect(file.exact).toBe(4);
    expect(file.picture.width).toBe(upright.width / 4);
    const area = { left: 10, top: 20, width: 40, height: 32 };
    const cut = await file.cut(area);
    const expected = sharp(upright.data, {
      raw: { width: upright.width, height: upright.height, channels: 3 },
    });
    const place = { left: 40, top: 80, width: 160, height: 128 };
    expect(difference(cut!, await decoded(expected.extract(place)))).toBe(0);
  });

  it('are not cut where they are transparent', async () => {
    const hole = Buffer.from('<svg width="400" height="256"><circle cx="200" cy="128" r="90"/></svg>');
    const bytes = await sharp(portrait)
      .ensureAlpha()
      .composite([{ input: hole, left: 0, top: 0, blend: 'dest-out' }])
      .png()
      .toBuffer();
    const file = await PictureFile.open(bytes, () => 0.5);
    expect(await file.cut({ left: 50, top: 20, width: 100, height: 100 })).toBeUndefined();
    expect(await file.cut({ left: 0, top: 140, width: 100, height: 100 })).toMatchObject({ width: 200 });
  });
});

describe('a picture file that lacks its end', () => {
  it.each([
    ['JPEG', 0.5, () => sharp(portrait).jpeg()],
    ['JPEG', 0.9, () => sharp(portrait).jpeg()],
    ['JPEG', 0.98, () => sharp(portrait).jpeg()],
    ['PNG', 0.3, () => sharp(portrait).resize(800).png()],
    ['PNG', 0.5, () => sharp(portrait).png()],
    ['PNG', 0.6, () => sharp(portrait).resize(1500).png()],
    ['PNG', 0.9, () => sharp(portrait).png()],
  ])('is read as far as it goes: %s, %d', async (_, share, make) => {
    const bytes = await make().toBuffer();
    const file = await PictureFile.open(bytes.subarray(0, Math.round(share * bytes.length)), ownSize);
    expect(file.isCutOff).toBe(true);
    const { width, height } = file.picture;
    const all = (await sharp(bytes).metadata()).height;
    expect(Math.abs(height / all - (1 - file.missing))).toBeLessThan(0.04);
    expect(file.missing).toBeGreaterThan(0);
    expect(file.missing).toBeLessThan(1.2 * (1 - share) + 0.06);
    const whole = await decoded(sharp(bytes).extract({ left: 0, top: 0, width, height }));
    // The last row has its colours from the next one, too.
    expect(difference(file.picture, whole)).toBeLessThan(0.5);
  });

  it('lacks the side at which its end lies when it is upright', async () => {
    const bytes = await sharp(portrait).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const file = await PictureFile.open(bytes.subarray(0, Math.round(0.6 * bytes.length)), ownSize);
    expect(file.picture.height).toBe(400);
    expect(file.picture.width).toBeLessThan(450);
    const { width, height } = file.picture;
    const upright = await sharp(bytes).autoOrient().png().toBuffer();
    const left = 512 - width;
    const right = await decoded(sharp(upright).extract({ left, top: 0, width, height }));
    expect(difference(file.picture, right)).toBeLessThan(0.5);
  });

  it('has all of its rows where they were sent coarsely first', async () => {
    const bytes = await sharp(portrait).jpeg({ progressive: true }).toBuffer();
    const file = await PictureFile.open(bytes.subarray(0, Math.round(0.6 * bytes.length)), ownSize);
    expect(file).toMatchObject({ isCutOff: true, missing: 0 });
    expect(difference(file.picture, await decoded(sharp(portrait)))).toBeLessThan(6);
  });

  it.each([
    ['WebP', () => sharp(portrait).webp(), 'cut off'],
    ['AVIF', () => sharp(portrait).avif(), 'damaged or cut off'],
  ])('is refused as such where nothing of it can be read: %s', async (_, make, detail) => {
    const bytes = await make().toBuffer();
    expect((await PictureFile.open(bytes, ownSize)).isCutOff).toBe(false);
    await expect(PictureFile.open(bytes.subarray(0, -40), ownSize)).rejects.toMatchObject({
      code: 'portrait_not_an_image',
      detail,
    });
  });
});
