import { describe, expect, it } from 'vitest';
import {
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../../../src/face/topology.ts';
import { hiddenLips } from '../../../../../src/render/warp/analyse/mouth/hidden-lips.ts';

const SIZE = 256;
const WIDTH = 0.2;
const MIDDLE = 0.5;
const SKIN_BELOW = [18, 200, 83, 313];
const SKIN_ABOVE = [164, 165, 391];

/** Shut lips, each `height` mouth widths high and `redder` than the skin (levels of V). */
function mouth(height: number, redder: number) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const put = (point: number, x: number, y: number) => landmarks.set([x, y, 0], 3 * point);
  put(MOUTH_CORNER.right, MIDDLE - WIDTH / 2, MIDDLE);
  put(MOUTH_CORNER.left, MIDDLE + WIDTH / 2, MIDDLE);
  for (let ring = 0; ring < 4; ring++) {
    UPPER_LIP_RINGS[ring].forEach((upper, i) => {
      const x = MIDDLE + WIDTH * ((i + 1) / 10 - 0.5);
      const away = height * WIDTH * (1 - ring / 3);
      put(upper, x, MIDDLE - away);
      put(LOWER_LIP_RINGS[ring][i], x, MIDDLE + away);
    });
  }
  for (const point of SKIN_ABOVE) put(point, MIDDLE, MIDDLE - 2 * height * WIDTH);
  for (const point of SKIN_BELOW) put(point, MIDDLE, MIDDLE + 2 * height * WIDTH);
  const luma = new Float32Array(SIZE * SIZE).fill(120);
  const u = new Float32Array(SIZE * SIZE).fill(115);
  const v = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const away = Math.abs((Math.floor(i / SIZE) + 0.5) / SIZE - MIDDLE);
    return away < height * WIDTH ? 145 + redder : 145;
  });
  return { picture: { size: SIZE, channels: [luma, u, v] as const }, landmarks };
}

describe('hiddenLips', () => {
  const of = (height: number, redder: number, beard = 0) => {
    const { picture, landmarks } = mouth(height, redder);
    return hiddenLips(picture, landmarks, beard);
  };

  it('are thin ones that are hardly redder than the skin', () => {
    expect(of(0.13, 3)).toBe(1);
    expect(of(0.13, 20)).toBe(0);
    expect(of(0.2, 3)).toBe(0);
    expect(of(0.17, 3)).toBeGreaterThan(of(0.18, 3));
  });

  it('are thin ones in a beard, whatever their colour', () => {
    expect(of(0.13, 20, 0.5)).toBe(1);
    expect(of(0.13, 20, 0.2)).toBe(0);
    expect(of(0.2, 20, 0.5)).toBe(0);
  });
});
