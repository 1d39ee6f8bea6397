import { expect, it } from 'vitest';
import type { EyePatch } from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';
import { shadeByLids } from '../../../../../src/render/warp/analyse/eyes/lid-shade.ts';

const SIZE = 64;
const WHITE = [180, 126, 132];
const IRIS = [60, 128, 128];
const iris = { x: 32, y: 32, radius: 9 };

/** A slit of an eye, 40 by 20 texels, with shadow along its lids and a dark iris in its middle. */
function patch(shadow: (inside: number) => number): EyePatch {
  const inside = Float32Array.from({ length: SIZE * SIZE }, (_, i) =>
    Math.min(10 - Math.abs(Math.floor(i / SIZE) + 0.5 - 32), 20 - Math.abs((i % SIZE) + 0.5 - 32)),
  );
  const away = (i: number) => Math.hypot((i % SIZE) + 0.5 - iris.x, Math.floor(i / SIZE) + 0.5 - iris.y);
  const planes = WHITE.map((value, c) =>
    inside.map((distance, i) => {
      if (away(i) < iris.radius) return IRIS[c];
      return c === 0 ? 16 + shadow(distance) * (value - 16) : value;
    }),
  );
  const visible = inside.map((distance) => (distance > 2 ? 1 : 0));
  const around = inside.map((distance) => (distance < -4 ? 1 : 0));
  const frame = { origin: [0, 0] as [number, number], extent: 1, size: SIZE, width: 40 / SIZE };
  const upperLid = [
    [13, 22],
    [51, 22],
  ];
  return { ...frame, planes, inside, visible, around, iris, upperLid };
}

const white = WHITE.map((value) => new Float32Array(SIZE * SIZE).fill(value));
const at = (x: number, y: number) => y * SIZE + x;

it('takes what lids do to the white along, and goes on with it where the iris was', () => {
  const shaded = patch((inside) => (inside < 2 ? 0.5 : 1));
  const [luma, u] = shadeByLids(shaded, white, iris);
  expect(luma[at(16, 23)]).toBeCloseTo(98, 0);
  expect(luma[at(32, 23)]).toBeCloseTo(98, 0);
  expect(luma[at(32, 40)]).toBeCloseTo(98, 0);
  // Nothing of the iris is left in the middle.
  expect(luma[at(32, 32)]).toBeCloseTo(WHITE[0], 0);
  expect(u[at(32, 32)]).toBe(WHITE[1]);
});

it('goes on with the lids beyond their edges, where an iris lay behind them', () => {
  const dark = patch((inside) => (inside < 0 ? 0.3 : 1));
  const [luma] = shadeByLids(dark, white, { ...iris, radius: 11 });
  expect(luma[at(32, 21)]).toBeCloseTo(16 + 0.3 * (WHITE[0] - 16), 0);
  expect(luma[at(32, 25)]).toBeCloseTo(WHITE[0], 0);
});

it('leaves an eye without shadows white', () => {
  const [luma] = shadeByLids(
    patch(() => 1),
    white,
    iris,
  );
  expect(Math.max(...luma.map((value) => Math.abs(value - WHITE[0])))).toBeLessThan(1);
});
