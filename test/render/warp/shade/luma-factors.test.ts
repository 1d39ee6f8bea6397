import { describe, expect, it } from 'vitest';
import { createI420 } from '../../../../src/image/i420.ts';
import { LumaFactors } from '../../../../src/render/warp/shade/luma-factors.ts';

const [WIDTH, HEIGHT, GREY] = [64, 48, 116];
/** A square of two triangles that look at the viewer, over all of the picture and beyond. */
const TRIANGLES = Uint16Array.from([0, 2, 1, 1, 2, 3]);
const POSITIONS = Float32Array.from([-1, -1, 0, 2, -1, 0, -1, 2, 0, 2, 2, 0]);

function changed(changes: readonly number[], level = GREY, positions = POSITIONS) {
  const picture = createI420(WIDTH, HEIGHT);
  picture.data.fill(level);
  const factors = new LumaFactors(picture, 8);
  factors.fill(positions, WIDTH, Float32Array.from(changes), TRIANGLES);
  factors.apply(picture);
  return { picture, factors, plane: picture.data.subarray(0, WIDTH * HEIGHT) };
}

describe('changes of luma', () => {
  it('are the vertices’, over black, in every pixel, borders too; colours stay', () => {
    const { picture, plane } = changed([-0.1, -0.1, -0.1, -0.1]);
    expect(new Set(plane)).toEqual(new Set([106]));
    expect(new Set(picture.data.subarray(WIDTH * HEIGHT))).toEqual(new Set([GREY]));
    expect(new Set(changed([0.1, 0.1, 0.1, 0.1], 255).plane)).toEqual(new Set([255]));
  });

  it('run evenly from one vertex to the next', () => {
    const { plane } = changed([-0.3, 0.3, -0.3, 0.3]);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const change = -0.3 + (0.6 * ((x + 0.5) / WIDTH + 1)) / 3;
        expect(Math.abs(plane[y * WIDTH + x] - (16 + 100 * (1 + change)))).toBeLessThan(0.6);
      }
    }
  });

  it('are none of triangles that face away, and are forgotten by the next', () => {
    expect(
      new Set(
        changed(
          [0.1, 0.1, 0.1, 0.1],
          GREY,
          POSITIONS.map((v, i) => (i % 3 ? v : 1 - v)),
        ).plane,
      ),
    ).toEqual(new Set([GREY]));
    const { picture, factors } = changed([-0.1, -0.1, -0.1, -0.1]);
    picture.data.fill(GREY);
    factors.fill(POSITIONS, WIDTH, new Float32Array(4), TRIANGLES);
    factors.apply(picture);
    expect(new Set(picture.data)).toEqual(new Set([GREY]));
  });
});
