import { describe, expect, it } from 'vitest';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { cutAndScale } from '../../src/image/cut-and-scale.ts';

const STEP = 4;

/** Brighter from the left to the right, greener from the top down, by `STEP` levels a pixel. */
function ramps(side: number): RgbPicture {
  const data = new Uint8Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    data.set([STEP * (i % side), STEP * Math.floor(i / side), 60], 3 * i);
  }
  return { width: side, height: side, data };
}

describe('cutAndScale', () => {
  it.each([32, 40, 64])('has everything at its place in %i pixels of 40', async (width) => {
    const area = { left: 6, top: 10, width: 40, height: 40 };
    const { data } = await cutAndScale(ramps(60), area, width);
    for (let k = Math.ceil(width / 4); k < (3 * width) / 4; k++) {
      const [red, green, blue] = data.subarray(3 * (k * width + k));
      const place = ((k + 0.5) * 40) / width - 0.5;
      expect(Math.abs(red - STEP * (6 + place))).toBeLessThan(0.8);
      expect(Math.abs(green - STEP * (10 + place))).toBeLessThan(0.8);
      expect(blue).toBe(60);
    }
  });
});
