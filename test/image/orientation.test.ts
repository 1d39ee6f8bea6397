import sharp from 'sharp';
import { expect, it } from 'vitest';
import { areaInFile, orient } from '../../src/image/orientation.ts';

const FILE = { width: 5, height: 3 };
const data = Uint8Array.from({ length: 3 * 15 }, (_, i) => 5 * i);

/** As sharp turns it by its EXIF. */
async function upright(orientation: number) {
  const file = await sharp(data, { raw: { ...FILE, channels: 3 } })
    .png()
    .withMetadata({ orientation })
    .toBuffer();
  const turned = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  return { data: [...turned.data], width: turned.info.width, height: turned.info.height };
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i is what it is elsewhere', async (orientation) => {
  const expected = await upright(orientation);
  const turned = await orient({ data, ...FILE, channels: 3 }, orientation);
  expect({ ...turned, data: [...turned.data] }).toEqual({ ...expected, channels: 3 });
  // A single pixel, then one that is not square.
  for (const area of [
    { left: 2, top: 1, width: 1, height: 1 },
    { left: 0, top: 1, width: 2, height: 1 },
  ]) {
    const { left, top, width, height } = areaInFile(area, orientation, FILE);
    const cut = await sharp(data, { raw: { ...FILE, channels: 3 } })
      .extract({ left, top, width, height })
      .raw()
      .toBuffer();
    const shown = await orient({ data: cut, width, height, channels: 3 }, orientation);
    const from = 3 * (area.top * expected.width + area.left);
    expect([...shown.data]).toEqual(expected.data.slice(from, from + 3 * area.width));
  }
});
