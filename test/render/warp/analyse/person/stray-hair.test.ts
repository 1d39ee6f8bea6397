import { describe, expect, it } from 'vitest';
import type { Plane } from '../../../../../src/image/planes.ts';
import { addStrayHair } from '../../../../../src/render/warp/analyse/person/stray-hair.ts';

const SIZE = 256;

/** A round head in the middle; a curl beside it and a mark far from it; a background that varies by ±`texture`. */
function portrait(texture: number) {
  const plane = (value: (x: number, y: number) => number): Plane =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => value(i % SIZE, Math.floor(i / SIZE)));
  const head = (x: number, y: number) => Math.hypot(x - 128, y - 128) < 60;
  const curl = (x: number, y: number) => Math.abs(x - 194) < 3 && Math.abs(y - 128) < 8;
  const mark = (x: number, y: number) => Math.abs(x - 240) < 4 && Math.abs(y - 20) < 8;
  const luma = plane((x, y) => {
    if (head(x, y) || curl(x, y) || mark(x, y)) return 40;
    return 170 + 0.05 * x + texture * Math.sin(0.4 * x) * Math.cos(0.3 * y);
  });
  const grey = plane(() => 128);
  const matte = plane((x, y) => (head(x, y) ? 1 : 0));
  return { yuv: [luma, grey, grey] as [Plane, Plane, Plane], matte };
}

const at = (plane: Plane, x: number, y: number) => plane[y * SIZE + x];

describe('addStrayHair', () => {
  it('gives a curl before an even background to the person', () => {
    const { yuv, matte } = portrait(1);
    const result = addStrayHair(yuv, matte, SIZE);
    expect(at(result, 194, 128)).toBeGreaterThan(0.9);
    // The background beside it, and what is far from the person, stay.
    expect(at(result, 208, 128)).toBe(0);
    expect(at(result, 240, 20)).toBe(0);
    matte.forEach((alpha, i) => {
      expect(result[i]).toBeGreaterThanOrEqual(alpha);
    });
  });

  it('leaves a background alone that has edges of its own', () => {
    const { yuv, matte } = portrait(30);
    expect(addStrayHair(yuv, matte, SIZE)).toEqual(matte);
  });
});
