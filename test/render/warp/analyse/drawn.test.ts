import { expect, it } from 'vitest';
import { LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { isDrawn } from '../../../../src/render/warp/analyse/drawn.ts';

const SIZE = 256;

/** Cheeks whose luma varies by `grain` from pixel to pixel. */
function cheeks(grain: number) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  for (const [i, x, y] of [
    [50, 0.3, 0.4],
    [101, 0.35, 0.4],
    [205, 0.33, 0.45],
    [280, 0.7, 0.4],
    [330, 0.65, 0.4],
    [425, 0.67, 0.45],
  ]) {
    landmarks.set([x, y, 0], 3 * i);
  }
  const luma = Float32Array.from({ length: SIZE * SIZE }, (_, i) => 180 + grain * ((i * 7919) % 5));
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return { picture: { size: SIZE, channels: [luma, grey, grey] as const }, landmarks };
}

it.each([
  ['a drawing, whose skin is flat', 0, true],
  ['a photograph, whose skin has grain', 3, false],
])('tells %s', (_, grain, drawn) => {
  const { picture, landmarks } = cheeks(grain);
  expect(isDrawn(picture, landmarks)).toBe(drawn);
});
