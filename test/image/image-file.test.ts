import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageFile } from '../../src/image/image-file.ts';

const noise = () =>
  sharp({
    create: {
      width: 200,
      height: 240,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

describe('readImageFile', () => {
  it.each([
    ['a JPEG', () => noise().jpeg()],
    ['a progressive JPEG', () => noise().jpeg({ progressive: true })],
    ['a PNG', () => noise().png()],
  ])('reads %s that lacks its last bytes, and none that lacks its lower half', async (kind, make) => {
    const file = await make().toBuffer();
    const { width, height } = await readImageFile(file.subarray(0, -40), 1024);
    expect(width).toBe(200);
    // Rows of which something is missing are left out.
    expect(height).toBeGreaterThan(200);
    // Which has all of its rows in the first scan.
    if (kind === 'a progressive JPEG') return;
    await expect(readImageFile(file.subarray(0, file.length >> 1), 1024)).rejects.toMatchObject({
      code: 'portrait_not_an_image',
      detail: 'damaged or cut off',
    });
  });

  it('names a HEIC photo for what it is', async () => {
    const heic = Buffer.from('\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic and what follows', 'latin1');
    await expect(readImageFile(heic, 1024)).rejects.toMatchObject({
      code: 'portrait_not_an_image',
      detail: expect.stringContaining('HEIC'),
    });
    expect(await readImageFile(await noise().avif().toBuffer(), 1024)).toMatchObject({ width: 200 });
  });
});
