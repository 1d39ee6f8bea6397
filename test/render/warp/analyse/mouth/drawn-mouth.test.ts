import { describe, expect, it } from 'vitest';
import {
  CHIN,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  MOUTH_CORNER,
} from '../../../../../src/face/topology.ts';
import { fitMouthToDrawing } from '../../../../../src/render/warp/analyse/mouth/drawn-mouth.ts';

const SIZE = 512;
const [LEFT, RIGHT, MIDDLE] = [0.4, 0.6, 0.5];

/** Flat skin with a line of ink in the place of the mouth, which the mesh has from LEFT to RIGHT. View fractions. */
function drawing(lineStart: number, lineEnd: number, { ink = 40 } = {}) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3).fill(0.2);
  landmarks.set([0.5, 0.7, 0], 3 * CHIN);
  for (const { right, left } of [MOUTH_CORNER, INNER_MOUTH_CORNER]) {
    landmarks.set([LEFT, MIDDLE, 0], 3 * right);
    landmarks.set([RIGHT, MIDDLE, 0], 3 * left);
  }
  for (const rim of [INNER_UPPER_LIP, INNER_LOWER_LIP]) {
    rim.forEach((point, i) => {
      landmarks.set([LEFT + ((i + 1) / 10) * (RIGHT - LEFT), MIDDLE, 0], 3 * point);
    });
  }
  const luma = new Float32Array(SIZE * SIZE).fill(200);
  for (let y = Math.round((MIDDLE - 0.003) * SIZE); y < (MIDDLE + 0.004) * SIZE; y++) {
    luma.fill(ink, y * SIZE + Math.round(lineStart * SIZE), y * SIZE + Math.round(lineEnd * SIZE));
  }
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return { picture: { size: SIZE, channels: [luma, grey, grey] as const }, landmarks };
}

describe('fitMouthToDrawing', () => {
  it('puts the corners at the ends of the drawn line, and what lies between them in between', () => {
    const { picture, landmarks } = drawing(0.405, 0.63);
    const fitted = fitMouthToDrawing(picture, landmarks);
    const x = (i: number) => fitted[3 * i];
    expect(Math.abs(x(INNER_MOUTH_CORNER.right) - 0.405)).toBeLessThan(0.006);
    expect(Math.abs(x(INNER_MOUTH_CORNER.left) - 0.63)).toBeLessThan(0.006);
    expect(Math.abs(x(INNER_UPPER_LIP[4]) - 0.5175)).toBeLessThan(0.006);
    expect(fitted[3 * INNER_UPPER_LIP[4] + 1]).toBe(landmarks[3 * INNER_UPPER_LIP[4] + 1]);
    // The chin stays where it is.
    expect(x(CHIN)).toBe(landmarks[3 * CHIN]);
  });

  it.each([
    ['a faint line', drawing(0.405, 0.63, { ink: 180 })],
    ['a line that goes on across the face', drawing(0.1, 0.9)],
  ])('leaves %s as it is', (_, { picture, landmarks }) => {
    expect(fitMouthToDrawing(picture, landmarks)).toBe(landmarks);
  });
});
