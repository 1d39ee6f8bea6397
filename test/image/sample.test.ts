import { describe, expect, it } from 'vitest';
import { nearestColour, nearestPixel, sampleColour, samplePlane } from '../../src/image/sample.ts';

/** Two by two pixels. */
const SIZE = 2;
const luma = Float32Array.of(10, 20, 30, 40);
const picture = { size: SIZE, channels: [luma, luma.map((value) => value + 100), luma] as const };

describe('samplers', () => {
  it('read the pixel that a position lies in, and beyond the edges the nearest', () => {
    expect(nearestPixel(SIZE, 0.49, 0.51)).toBe(2);
    expect(nearestPixel(SIZE, 1, 0)).toBe(1);
    expect(nearestPixel(SIZE, -3, 3)).toBe(2);
    expect(nearestColour(picture, 0.75, 0.75)).toEqual([40, 140, 40]);
  });

  it('read between the middles of pixels by bilinear interpolation', () => {
    expect(samplePlane(luma, SIZE, 0.25, 0.25)).toBe(10);
    expect(samplePlane(luma, SIZE, 0.5, 0.5)).toBe(25);
    expect(samplePlane(luma, SIZE, -1, 0.5)).toBe(20);
    expect(samplePlane(luma, SIZE, 2, 2)).toBeCloseTo(40, 1);
    expect(sampleColour(picture, 0.5, 0.25)).toEqual([15, 115, 15]);
  });
});
