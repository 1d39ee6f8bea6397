import { expect, it } from 'vitest';
import type { Yuv } from '../../../../../src/image/colour.ts';
import { distanceInside } from '../../../../../src/image/polygon.ts';
import { litLid } from '../../../../../src/render/warp/analyse/eyes/lit-lid.ts';

/** An eye of 40 texels' width in the middle of a patch. */
const SIZE = 60;
const EYE: [number, number][] = [
  [10, 30],
  [20, 23],
  [40, 23],
  [50, 30],
  [40, 36],
  [20, 36],
];
const inside = Float32Array.from({ length: SIZE ** 2 }, (_, i) =>
  distanceInside((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5, EYE),
);
const patch = { inside, size: SIZE, width: 40, extent: SIZE };

/** Levels Y, U, V of a lid of this light at a place in the patch. */
function shown(light: number, skin: Yuv, x: number, y: number): number[] {
  const lid = [light, 108, 148].map((value) => new Float32Array(SIZE ** 2).fill(value));
  return litLid(lid, patch, skin).map((plane) => plane[y * SIZE + x]);
}

it.each([200, 110, 60])('lights a shut lid above the eye, on skin of light %i', (light) => {
  const skin: Yuv = [light, 108, 148];
  const shaded = 16 + 0.7 * (light - 16);
  const [luma, u, v] = shown(shaded, skin, 30, 23);
  expect((luma - 16) / (shaded - 16)).toBeCloseTo(1.17, 2);
  expect((128 - u) / 20).toBeCloseTo(Math.sqrt(1.17), 2);
  expect((v - 128) / 20).toBeCloseTo(Math.sqrt(1.17), 2);
});

it('leaves the skin beside the eye and at its lower lid nearly as it is', () => {
  const skin: Yuv = [160, 108, 148];
  expect(shown(110, skin, 2, 30)[0]).toBeCloseTo(110, 3);
  expect(shown(110, skin, 30, 2)[0]).toBeCloseTo(110, 3);
  expect(shown(110, skin, 30, 36)[0]).toBeLessThan(116);
});

it('makes no lid lighter than the face, nor one darker that is', () => {
  const skin: Yuv = [100, 108, 148];
  expect(shown(90, skin, 30, 23)[0]).toBeCloseTo(16 + 0.9 * 84, 0);
  expect(shown(120, skin, 30, 23)).toEqual([120, 108, 148]);
});
