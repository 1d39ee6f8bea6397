import { describe, expect, it } from 'vitest';
import type { EyePatch } from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';
import { catchlightsOfBoth, takeIris } from '../../../../../src/render/warp/analyse/eyes/iris-layers.ts';

const SIZE = 96;
const CENTRE = SIZE / 2;
const circle = { x: CENTRE, y: CENTRE, radius: 16 };
const WHITE = 190;
const IRIS = 80;
const PUPIL = 30;
const LIGHT = { x: CENTRE - 6, y: CENTRE - 5, radius: 3, luma: 220 };

const place = (i: number) => [(i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5] as const;
const at = (x: number, y: number) => Math.floor(y) * SIZE + Math.floor(x);

/** An eye that its upper lid covers down to row `lid`, and shades below; with a catchlight. */
function eye(lid: number): EyePatch {
  const inside = Float32Array.from({ length: SIZE ** 2 }, (_, i) => place(i)[1] - lid);
  const luma = inside.map((distance, i) => {
    const [x, y] = place(i);
    if (distance < 0) return 120;
    if (Math.hypot(x - LIGHT.x, y - LIGHT.y) < LIGHT.radius) return LIGHT.luma;
    const away = Math.hypot(x - CENTRE, y - CENTRE);
    const own = away < 6 ? PUPIL : away < circle.radius ? IRIS : WHITE;
    return distance < 3 ? 16 + 0.4 * (own - 16) : own;
  });
  const grey = new Float32Array(SIZE ** 2).fill(128);
  const visible = inside.map((distance) => Number(distance > 3));
  const around = inside.map((distance) => Number(distance < -6));
  const upperLid = [
    [CENTRE - 20, lid],
    [CENTRE + 20, lid],
  ];
  const frame = { origin: [0, 0] as [number, number], extent: 1.5, size: SIZE, width: 1, iris: circle };
  return { ...frame, planes: [luma, grey, grey], inside, visible, around, upperLid };
}

const white = new Float32Array(SIZE ** 2).fill(WHITE);

describe('takeIris', () => {
  it('fills what lids hide and shade with the rest of the ring', () => {
    const [luma] = takeIris(eye(CENTRE - 8), circle, white).iris;
    for (const above of [9, 11, 13]) expect(luma[at(CENTRE, CENTRE - above - 1)]).toBeCloseTo(IRIS, -1);
    expect(luma[at(CENTRE, CENTRE)]).toBeCloseTo(PUPIL, -1);
    expect(luma[at(CENTRE + 11, CENTRE + 2)]).toBeCloseTo(IRIS, -1);
  });

  it('tells how the lid shades the iris, and takes that off it', () => {
    const { iris, shade } = takeIris(eye(CENTRE - 12), circle, white);
    expect(shade[0]).toBeCloseTo(0.4, 1);
    expect(shade.at(-1)).toBeCloseTo(1, 1);
    expect(shade).toEqual(shade.toSorted((a, b) => a - b));
    expect(iris[0][at(CENTRE + 8, CENTRE - 8)]).toBeCloseTo(IRIS, -1);
  });

  it('takes a catchlight out of the iris', () => {
    const { iris, catchlight } = takeIris(eye(CENTRE - 20), circle, white);
    const light = at(LIGHT.x, LIGHT.y);
    expect(iris[0][light]).toBeLessThan(IRIS + 10);
    expect(catchlight[light]).toBeGreaterThan(0.9);
    expect(catchlight[at(CENTRE + 8, CENTRE + 6)]).toBe(0);
    expect(catchlight[at(CENTRE + 22, CENTRE)]).toBe(0);
  });
});

describe('catchlightsOfBoth', () => {
  it('has a catchlight that a lid hides where the other eye has it', () => {
    const patches = [eye(CENTRE - 20), eye(CENTRE + 2)];
    const circles = [circle, circle];
    const layers = patches.map((patch) => takeIris(patch, circle, white));
    const light = at(LIGHT.x, LIGHT.y);
    expect(layers[1].catchlight[light]).toBe(0);
    const both = catchlightsOfBoth(patches, circles, layers);
    for (const layer of both) {
      expect(layer[4 * light + 3]).toBeGreaterThan(230);
      expect(layer[4 * light]).toBe(LIGHT.luma);
    }
  });

  it('invents none where an eye shows that it has none', () => {
    const dull = eye(CENTRE - 20);
    for (let i = 0; i < SIZE ** 2; i++) dull.planes[0][i] = Math.min(dull.planes[0][i], IRIS);
    const patches = [eye(CENTRE - 20), dull];
    const layers = patches.map((patch) => takeIris(patch, circle, white));
    const [, layer] = catchlightsOfBoth(patches, [circle, circle], layers);
    expect(layer[4 * at(LIGHT.x, LIGHT.y) + 3]).toBe(0);
  });
});
