import { describe, expect, it } from 'vitest';
import { createI420 } from '../../../../src/image/i420.ts';
import { CHANGE_STEPS, LumaFactors } from '../../../../src/render/warp/folds/luma-factors.ts';

const [WIDTH, HEIGHT, GREY] = [64, 48, 116];
/** A square of two triangles that look at the viewer, over all of the picture and beyond. */
const TRIANGLES = Uint16Array.from([0, 2, 1, 1, 2, 3]);
const POSITIONS = Float32Array.from([-1, -1, 0, 2, -1, 0, -1, 2, 0, 2, 2, 0]);
/** Where its corners lie in a field of 3 × 3 cells. */
const PLACES = Float32Array.from([0, 0, 1, 0, 0, 1, 1, 1]);

/** `changes`: of the four corners, in shares of the luma. */
function fieldOf([a, b, c, d]: readonly number[]) {
  const values = Int32Array.from([a, b, 0, c, d, 0, 0, 0, 0], (change) => Math.round(CHANGE_STEPS * change));
  return { width: 3, values };
}

function changed(changes: readonly number[], level = GREY, { positions = POSITIONS, cell = 8 } = {}) {
  const picture = createI420(WIDTH, HEIGHT);
  picture.data.fill(level);
  const factors = new LumaFactors(picture, cell);
  factors.fill(positions, WIDTH, PLACES, fieldOf(changes), TRIANGLES);
  factors.apply(picture);
  return { picture, factors, plane: picture.data.subarray(0, WIDTH * HEIGHT) };
}

describe('changes of luma', () => {
  it('are the field’s, over black, in every pixel, borders too; colours stay', () => {
    const { picture, plane } = changed([-0.1, -0.1, -0.1, -0.1]);
    expect(new Set(plane)).toEqual(new Set([106]));
    expect(new Set(picture.data.subarray(WIDTH * HEIGHT))).toEqual(new Set([GREY]));
    expect(new Set(changed([0.1, 0.1, 0.1, 0.1], 245).plane)).toEqual(new Set([245]));
    expect(new Set(changed([0.1, 0.1, 0.1, 0.1], 220).plane)).toEqual(new Set([225]));
  });

  it.each([2, 4, 8])('run evenly from one place of the field to the next, in cells of %i pixels', (cell) => {
    const { plane } = changed([-0.3, 0.3, -0.3, 0.3], GREY, { cell });
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const change = -0.3 + (0.6 * ((x + 0.5) / WIDTH + 1)) / 3;
        expect(Math.abs(plane[y * WIDTH + x] - (16 + 100 * (1 + change)))).toBeLessThan(0.6);
      }
    }
  });

  it('are none of triangles that face away, and are forgotten by the next', () => {
    const away = POSITIONS.map((v, i) => (i % 3 ? v : 1 - v));
    expect(new Set(changed([0.1, 0.1, 0.1, 0.1], GREY, { positions: away }).plane)).toEqual(new Set([GREY]));
    const { picture, factors } = changed([-0.1, -0.1, -0.1, -0.1]);
    picture.data.fill(GREY);
    factors.fill(POSITIONS, WIDTH, PLACES, fieldOf([0, 0, 0, 0]), TRIANGLES);
    factors.apply(picture);
    expect(new Set(picture.data)).toEqual(new Set([GREY]));
  });
});
