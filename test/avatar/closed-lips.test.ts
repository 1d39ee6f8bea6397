import { describe, expect, it } from 'vitest';
import { fitClosedLips } from '../../src/avatar/closed-lips.ts';
import {
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  MOUTH_CORNER,
} from '../../src/avatar/face-topology.ts';

const SIZE = 512;
const WIDTH = 0.2;
const MIDDLE = 0.5;

/** Lips of one colour with a dark seam at `seam`; the mesh's rims lie `gap` apart around the middle. View fractions. */
function mouth(gap: number, seam: number) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  landmarks.set([MIDDLE - WIDTH / 2, MIDDLE, 0], 3 * MOUTH_CORNER.right);
  landmarks.set([MIDDLE + WIDTH / 2, MIDDLE, 0], 3 * MOUTH_CORNER.left);
  INNER_UPPER_LIP.forEach((upper, i) => {
    const x = MIDDLE + WIDTH * ((i + 1) / 10 - 0.5);
    landmarks.set([x, MIDDLE - gap / 2, -0.01], 3 * upper);
    landmarks.set([x, MIDDLE + gap / 2, -0.02], 3 * INNER_LOWER_LIP[i]);
  });
  const luma = new Float32Array(SIZE * SIZE).fill(120);
  for (const row of [-1, 0]) {
    const y = Math.round(seam * SIZE) + row;
    luma.fill(40, y * SIZE, (y + 1) * SIZE);
  }
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return { picture: { size: SIZE, channels: [luma, grey, grey] as const }, landmarks };
}

describe('fitClosedLips', () => {
  it('puts both rims of lips that touch on the seam', () => {
    const seam = MIDDLE - 0.0025;
    const { picture, landmarks } = mouth(0.04 * WIDTH, seam);
    const fitted = fitClosedLips(picture, landmarks);
    INNER_UPPER_LIP.forEach((upper, i) => {
      const [y, lower] = [fitted[3 * upper + 1], fitted[3 * INNER_LOWER_LIP[i] + 1]];
      expect(y).toBe(lower);
      expect(Math.abs(y - seam) * SIZE).toBeLessThan(1);
    });
  });

  it('puts them in the middle where no seam is seen', () => {
    const { picture, landmarks } = mouth(0.04 * WIDTH, 0.1);
    const fitted = fitClosedLips(picture, landmarks);
    expect(fitted[3 * INNER_UPPER_LIP[4] + 1]).toBeCloseTo(MIDDLE, 4);
  });

  it('leaves parted lips alone', () => {
    const { picture, landmarks } = mouth(0.1 * WIDTH, MIDDLE);
    expect(fitClosedLips(picture, landmarks)).toBe(landmarks);
  });
});
