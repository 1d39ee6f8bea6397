import { describe, expect, it } from 'vitest';
import { EYES, LANDMARK_COUNT, SIDES } from '../../../../../src/face/topology.ts';
import { dropOf, fitLowerLids } from '../../../../../src/render/warp/analyse/eyes/lower-lids.ts';

const SIZE = 512;
const EYE_WIDTH = 0.16;
const HALF_HEIGHT = 0.03;

/** Two eyes whose painted lower halves are taller than the mesh's by `drop` openings (of the mesh's height). */
function painted(drop: number) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const luma = new Float32Array(SIZE * SIZE).fill(150);
  for (const side of SIDES) {
    const centre = [side === 'left' ? 0.7 : 0.3, 0.5];
    const eye = EYES[side];
    const put = (i: number, x: number, y: number) => landmarks.set([centre[0] + x, centre[1] + y, 0], 3 * i);
    const sign = side === 'left' ? 1 : -1;
    put(eye.outerCorner, (sign * EYE_WIDTH) / 2, 0);
    put(eye.innerCorner, (-sign * EYE_WIDTH) / 2, 0);
    eye.upperLid.forEach((_, i) => {
      const along = (i + 1) / 8 - 0.5;
      const height = HALF_HEIGHT * Math.sqrt(1 - (2 * along) ** 2);
      put(eye.upperLid[i], -sign * along * EYE_WIDTH, -height);
      put(eye.lowerLid[i], -sign * along * EYE_WIDTH, height);
    });
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const dx = ((x + 0.5) / SIZE - centre[0]) / (EYE_WIDTH / 2);
        const dy = (y + 0.5) / SIZE - centre[1];
        const reach = dy < 0 ? HALF_HEIGHT : HALF_HEIGHT * (1 + 2 * drop);
        const away = Math.hypot(dx, dy / reach);
        if (away < 1) luma[y * SIZE + x] = Math.hypot(dx, dy / HALF_HEIGHT) < 0.4 ? 60 : 225;
      }
    }
  }
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return { picture: { size: SIZE, channels: [luma, grey, grey] as const }, landmarks };
}

describe('fitLowerLids', () => {
  it.each([0.15, 0.22])('lowers the lids of eyes that go on %f openings below the mesh', (drop) => {
    const { picture, landmarks } = painted(drop);
    expect(Math.abs(dropOf(picture, landmarks, EYES.left) - drop)).toBeLessThan(0.06);
    const fitted = fitLowerLids(picture, landmarks);
    const middle = 3 * EYES.right.lowerLid[3] + 1;
    const lowered = (fitted[middle] - landmarks[middle]) / (2 * HALF_HEIGHT);
    expect(Math.abs(lowered - drop)).toBeLessThan(0.06);
    // The upper lids and the corners stay.
    for (const i of [...EYES.left.upperLid, EYES.left.outerCorner, EYES.left.innerCorner]) {
      expect(fitted[3 * i + 1]).toBe(landmarks[3 * i + 1]);
    }
  });

  it('changes nothing where mesh and picture agree', () => {
    const { picture, landmarks } = painted(0);
    expect(fitLowerLids(picture, landmarks)).toBe(landmarks);
  });
});
