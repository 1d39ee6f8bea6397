/** A drawn smile, for tests of what is done to mouths. */
import {
  INNER_MOUTH_CORNER,
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../../src/face/topology.ts';
import type { Plane } from '../../../../src/image/planes.ts';

export const SIZE = 256;
export const SKIN = [170, 115, 145];
export const LIPS: readonly [number, number, number] = [110, 110, 170];
export const TEETH = [210, 124, 132];

/**
 * A smile of half width 0.2 about the middle: lips between two ellipses, teeth within. The teeth go on below the
 * mesh's inner lip on one side, as far as `tooth`.
 */
export function smile(
  opening: number,
  tooth: (x: number, y: number) => boolean,
  lips: readonly number[] = LIPS,
) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const put = (i: number, x: number, y: number) => landmarks.set([0.5 + x, 0.5 + y, 0], 3 * i);
  const heights = [0.09, 0.07, 0.05, opening / 2].map((height) => Math.max(height, opening / 2));
  put(MOUTH_CORNER.right, -0.2, 0);
  put(MOUTH_CORNER.left, 0.2, 0);
  put(INNER_MOUTH_CORNER.right, -0.2, 0);
  put(INNER_MOUTH_CORNER.left, 0.2, 0);
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

/** Y, U, V at a place from the middle of the picture, in its sides. */
export const colourAt = (planes: readonly Plane[], x: number, y: number) =>
  planes.map((plane) =>
    Math.round(plane[Math.floor((0.5 + y) * SIZE) * SIZE + Math.floor((0.5 + x) * SIZE)]),
  );
