import { describe, expect, it } from 'vitest';
import { type CutOut, planeOf } from '../../../../../src/render/warp/analyse/drawn/patch.ts';
import { whiteBelow } from '../../../../../src/render/warp/analyse/drawn/take-iris.ts';

const SIZE = 64;
const MIDDLE = 32;
const HEIGHT = 40;
const distance = (i: number) => Math.hypot((i % SIZE) - MIDDLE, Math.floor(i / SIZE) - MIDDLE);

/** Lights of the white from the upper lid down. `away`: from the iris's middle, in its radii. */
function whites(luma: (i: number) => number, away: (i: number) => number): number[] {
  const planes = [planeOf(SIZE, luma), planeOf(SIZE, () => 128), planeOf(SIZE, () => 128)];
  const patch: CutOut = {
    origin: [0, 0],
    step: [1 / SIZE, 0],
    size: SIZE,
    planes,
    toPatch: ([x, y]) => [x * SIZE, y * SIZE],
  };
  const found = whiteBelow(patch, planeOf(SIZE, away), {
    opening: planeOf(SIZE, (i) => Number(distance(i) < HEIGHT / 2)),
    before: planeOf(SIZE, () => 0),
    upper: new Float32Array(SIZE).fill(MIDDLE - HEIGHT / 2),
    height: HEIGHT,
  });
  return found.map(([light]) => light);
}

describe('whiteBelow', () => {
  it('takes what is left of an iris that reaches the lower lid for no white', () => {
    const row = (i: number) => Math.floor(i / SIZE);
    const isWhite = (i: number) => row(i) >= MIDDLE && row(i) < MIDDLE + 5 && distance(i) > 17.5;
    const isRim = (i: number) =>
      row(i) >= MIDDLE + 5 && row(i) < MIDDLE + 15 && (i % SIZE) >> 1 === MIDDLE >> 1;
    const found = whites(
      (i) => (isWhite(i) ? 230 : isRim(i) ? 120 : 90 + (i % 7)),
      (i) => Number(isWhite(i) || isRim(i)) * 2,
    );
    expect(found).toEqual(new Array(8).fill(230));
  });

  it('is the colour of an eye that is a dot or a hole, which has no white', () => {
    expect(
      whites(
        () => 20,
        () => 0,
      ),
    ).toEqual(new Array(8).fill(20));
  });

  it('is white where an iris of several colours fills its eye', () => {
    expect(
      Math.min(
        ...whites(
          (i) => (distance(i) < 8 ? 30 : 110),
          () => 0,
        ),
      ),
    ).toBeGreaterThan(200);
  });
});
