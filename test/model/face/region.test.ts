import { expect, it } from 'vitest';
import { Pyramid } from '../../../src/model/face/pyramid.ts';
import { type Cut, cutRegion, type Region, toPicture } from '../../../src/model/face/region.ts';

/** Red grows to the right, green downwards, by one per pixel; blue is full. */
function slopes(width: number, height: number) {
  const data = new Uint8Array(3 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([x, y], 3 * (y * width + x));
  }
  return new Pyramid({ width, height, data });
}

it.each<{ region: Region; cut: Cut }>([
  { region: { x: 100, y: 90, side: 64, angle: 0 }, cut: { size: 64, outside: 'edge' } },
  { region: { x: 100, y: 90, side: 100, angle: 0.4 }, cut: { size: 64, outside: 'edge' } },
  { region: { x: 100, y: 90, side: 40, angle: -1 }, cut: { size: 64, outside: 'edge', mirrored: true } },
  { region: { x: 128, y: 128, side: 170, angle: 0.1 }, cut: { size: 16, outside: 'black' } },
])('cuts what lies where a point of the cut is said to lie: $region $cut', ({ region, cut }) => {
  const planes = new Float32Array(3 * cut.size ** 2);
  cutRegion(slopes(256, 256), region, cut, planes);
  for (let row = 0; row < cut.size; row++) {
    for (let column = 0; column < cut.size; column++) {
      const at = row * cut.size + column;
      const [x, y] = toPicture(region, cut, column + 0.5, row + 0.5);
      // The value of a pixel is that of its middle; halving rounds.
      expect(Math.abs(255 * planes[at] + 0.5 - x)).toBeLessThan(0.8);
      expect(Math.abs(255 * planes[cut.size ** 2 + at] + 0.5 - y)).toBeLessThan(0.8);
    }
  }
});

it('has black or the nearest pixel beyond the edges', () => {
  const region = { x: 0, y: 128, side: 64, angle: 0 };
  const blueAtLeft = (outside: Cut['outside']) => {
    const planes = new Float32Array(3 * 16 * 16);
    cutRegion(slopes(256, 256), region, { size: 16, outside }, planes);
    return planes[2 * 16 * 16];
  };
  expect(blueAtLeft('black')).toBe(0);
  expect(blueAtLeft('edge')).toBeCloseTo(1, 5);
});
