import { describe, expect, it } from 'vitest';
import { parseFacePoints, serializeFacePoints } from '../../src/contract/face-points.ts';
import { facePointsSchema } from '../../src/contract/face-points-schema.ts';

const TEXT = '0.4,0.5,0.6,0.5,0.45,0.7,0.55,0.7,0.5,0.8';

describe('points of a face', () => {
  it('come out as they went in', () => {
    const points = parseFacePoints(TEXT);
    expect(points.leftEye).toEqual([0.6, 0.5]);
    expect(points.chin).toEqual([0.5, 0.8]);
    expect(serializeFacePoints(points)).toBe(TEXT);
  });

  it.each([
    '',
    '0.4',
    TEXT.slice(0, -4),
    `${TEXT},0.1`,
    TEXT.replace('0.8', '1.8'),
    TEXT.replace('0.8', 'NaN'),
    TEXT.replace('0.8', '-0.1'),
  ])('are ten numbers from 0 to 1, not %j', (text) => {
    expect(facePointsSchema.safeParse(text).success).toBe(false);
  });
});
