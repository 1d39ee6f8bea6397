import { describe, expect, it } from 'vitest';
import {
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../src/avatar/face-topology.ts';
import type { Plane } from '../../src/avatar/planes.ts';
import { paintTeethInLips } from '../../src/avatar/teeth-in-lips.ts';

const SIZE = 256;
const SKIN = [170, 115, 145];
const LIPS = [110, 110, 170];
const TEETH = [210, 124, 132];

/**
 * A smile of half width 0.2 about the middle: lips between two ellipses, teeth within. The teeth go on below the
 * mesh's inner lip on one side, as far as `tooth`.
 */
function smile(opening: number, tooth: (x: number, y: number) => boolean, lips = LIPS) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const put = (i: number, x: number, y: number) => landmarks.set([0.5 + x, 0.5 + y, 0], 3 * i);
  const heights = [0.09, 0.07, 0.05, opening / 2].map((height) => Math.max(height, opening / 2));
  put(MOUTH_CORNER.right, -0.2, 0);
  put(MOUTH_CORNER.left, 0.2, 0);
  heights.forEach((height, ring) => {
    for (let i = 0; i < 9; i++) {
      const x = 0.4 * ((i + 1) / 10 - 0.5);
      const y = height * Math.sqrt(1 - (x / 0.2) ** 2);
      put(UPPER_LIP_RINGS[ring][i], x, -y);
      put(LOWER_LIP_RINGS[ring][i], x, y);
    }
  });
  const planes = [0, 1, 2].map(() => new Float32Array(SIZE * SIZE)) as [Plane, Plane, Plane];
  for (let i = 0; i < SIZE * SIZE; i++) {
    const x = ((i % SIZE) + 0.5) / SIZE - 0.5;
    const y = (Math.floor(i / SIZE) + 0.5) / SIZE - 0.5;
    const inside = (height: number) => (x / 0.2) ** 2 + (y / height) ** 2 < 1;
    const colour = inside(opening / 2) || (inside(0.09) && tooth(x, y)) ? TEETH : inside(0.09) ? lips : SKIN;
    for (let c = 0; c < 3; c++) planes[c][i] = colour[c];
  }
  return { picture: { size: SIZE, channels: planes }, landmarks };
}

const at = (planes: readonly Plane[], x: number, y: number) =>
  planes.map((plane) =>
    Math.round(plane[Math.floor((0.5 + y) * SIZE) * SIZE + Math.floor((0.5 + x) * SIZE)]),
  );

describe('paintTeethInLips', () => {
  const lowTooth = (x: number, y: number) => x > 0.04 && x < 0.1 && y > 0 && y < 0.06;

  it("paints teeth below the mesh's inner lip in the lips' colour", () => {
    const { picture, landmarks } = smile(0.06, lowTooth);
    expect(at(picture.channels, 0.07, 0.05)).toEqual(TEETH);
    const { channels } = paintTeethInLips(picture, landmarks);
    at(channels, 0.07, 0.05).forEach((value, c) => {
      expect(Math.abs(value - LIPS[c])).toBeLessThan(6);
    });
    // Lips and skin stay; so does what shines on the lips without touching the teeth.
    expect(at(channels, -0.07, 0.06)).toEqual(LIPS);
    expect(at(channels, 0, 0.15)).toEqual(SKIN);
  });

  it('keeps a highlight on the lips', () => {
    const { picture, landmarks } = smile(0.06, (x, y) => Math.hypot(x + 0.05, y - 0.065) < 0.012);
    expect(at(paintTeethInLips(picture, landmarks).channels, -0.05, 0.065)).toEqual(TEETH);
  });

  it('leaves shut mouths as they are', () => {
    const shut = smile(0.01, () => false);
    expect(paintTeethInLips(shut.picture, shut.landmarks).channels).toBe(shut.picture.channels);
  });

  it('tells teeth by their brightness in a grey portrait, and leaves what is dark on its lips', () => {
    const grey = [110, 128, 128];
    const { picture, landmarks } = smile(0.06, lowTooth, grey);
    const beard = Math.floor(0.54 * SIZE) * SIZE + Math.floor(0.45 * SIZE);
    picture.channels[0][beard] = 30;
    const { channels } = paintTeethInLips(picture, landmarks);
    expect(Math.abs(at(channels, 0.07, 0.05)[0] - grey[0])).toBeLessThan(6);
    expect(channels[0][beard]).toBe(30);
  });
});
