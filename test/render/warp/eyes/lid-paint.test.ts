import { expect, it } from 'vitest';
import { BEYOND_CORNER, LidPaint } from '../../../../src/render/warp/eyes/lid-paint.ts';
import { Opening } from '../../../../src/render/warp/head/opening.ts';

const SIZE = 100;
/** From corner to corner, at this height. */
const [OUTER, INNER, MIDDLE] = [20, 80, 50];

/** An eye whose outer corner is on the left, open by 20 pixels. */
function openEye(): Opening {
  const points: number[] = [];
  const put = (x: number, y: number) => points.push(x / SIZE, y / SIZE, 0);
  put(OUTER, MIDDLE);
  for (const sign of [-1, 1]) {
    for (let k = 1; k < 8; k++)
      put(OUTER + (k * (INNER - OUTER)) / 8, MIDDLE + sign * 10 * Math.sin((k * Math.PI) / 8));
  }
  put(INNER, MIDDLE);
  const chain = (first: number) => Array.from({ length: 7 }, (_, i) => first + i);
  return new Opening(new Float32Array(points), SIZE, 0, chain(1), chain(8), 15, BEYOND_CORNER.outer);
}

const paint = (drawn: boolean, closure: number) => {
  const lid = new LidPaint(drawn, openEye(), closure);
  /** On the lid, well above its edge. */
  return (x: number, y: number) => lid.strength(x, y, -10, 1, 0);
};

it('paints a shut lid of a photograph also beyond the outer corner, ever less outwards', () => {
  const at = paint(false, 1);
  const strengths = [OUTER, OUTER - 4, OUTER - 8, OUTER - 12].map((x) => at(x, MIDDLE - 2));
  expect(strengths[0]).toBeGreaterThan(0.8);
  expect(strengths[1]).toBeGreaterThan(0.3);
  for (let i = 1; i < strengths.length; i++) expect(strengths[i]).toBeLessThan(strengths[i - 1]);
  expect(at(OUTER - 15, MIDDLE - 2)).toBe(0);
});

it('reaches less far beyond the inner corner, where the tear duct lies', () => {
  const at = paint(false, 1);
  expect(at(INNER + 8, MIDDLE - 2)).toBe(0);
  expect(at(OUTER - 8, MIDDLE - 2)).toBeGreaterThan(0);
});

it('leaves the corners of an eye alone that is hardly closed, and the lines of a drawing', () => {
  expect(paint(false, 0.15)(OUTER - 4, MIDDLE - 2)).toBe(0);
  expect(paint(true, 1)(OUTER - 4, MIDDLE - 2)).toBe(0);
});

it('paints nothing below the lid, and no eyeball shows beyond the corners', () => {
  const open = openEye();
  const lid = new LidPaint(false, open, 1);
  expect(lid.strength(OUTER + 20, MIDDLE + 5, 5, 1, 0)).toBe(0);
  expect(open.locate(OUTER - 5, MIDDLE)).toBe(true);
  expect(open.coverage(1)).toBe(0);
  expect(open.locate(OUTER + 20, MIDDLE)).toBe(true);
  expect(open.coverage(1)).toBe(1);
  expect(open.locate(OUTER - 20, MIDDLE)).toBe(false);
});

it('begins lower on a lid that has hardly begun to shut', () => {
  const above = (closure: number) =>
    paint(false, closure)(0.5 * (OUTER + INNER), MIDDLE - 14) /
    paint(false, closure)(0.5 * (OUTER + INNER), MIDDLE - 5);
  expect(above(1)).toBeGreaterThan(0.2);
  expect(above(0.25)).toBeLessThan(0.4 * above(1));
});
