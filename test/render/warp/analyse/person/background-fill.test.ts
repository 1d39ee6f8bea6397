import { describe, expect, it } from 'vitest';
import type { Plane } from '../../../../../src/image/planes.ts';
import { fillBackground } from '../../../../../src/render/warp/analyse/person/background-fill.ts';
import { continueTexture } from '../../../../../src/render/warp/analyse/person/background-texture.ts';

const SIZE = 256;
const PERIOD = 16;
const PERSON = 20;
/** Behind a round head in the middle. */
const away = (i: number) => Math.hypot((i % SIZE) - 128, Math.floor(i / SIZE) - 128);

function scene(luma: (x: number, y: number) => number) {
  const at = (i: number) => luma(i % SIZE, Math.floor(i / SIZE));
  const plane = (value: (i: number) => number): Plane =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => value(i));
  const matte = plane((i) => (away(i) < 64 ? 1 : 0));
  const grey = plane(() => 128);
  return { yuv: [plane((i) => (matte[i] ? PERSON : at(i))), grey, grey], matte, truth: plane(at) };
}

const stripes = (x: number) => (x % PERIOD < PERIOD / 2 ? 60 : 190);

/** Mean distance from the truth behind the head. */
function error([luma]: readonly Plane[], truth: Plane): number {
  const behind = [...luma.keys()].filter((i) => away(i) < 56);
  return behind.reduce((sum, i) => sum + Math.abs(luma[i] - truth[i]), 0) / behind.length;
}

describe('background behind the person', () => {
  it('continues a pattern, the same way each time', () => {
    const { yuv, matte, truth } = scene(stripes);
    const filled = fillBackground(yuv, matte, SIZE);
    // An even grey would be 65 levels off.
    expect(error(filled, truth)).toBeLessThan(20);
    expect(fillBackground(yuv, matte, SIZE)).toEqual(filled);
  });

  it('keeps an even scene even: shades go on, no edges appear', () => {
    const { yuv, matte, truth } = scene((x, y) => 80 + 0.25 * x + 0.15 * y);
    const [luma] = fillBackground(yuv, matte, SIZE);
    expect(error([luma], truth)).toBeLessThan(6);
    const steps = [...luma.keys()].filter((i) => i % SIZE > 0).map((i) => Math.abs(luma[i] - luma[i - 1]));
    expect(Math.max(...steps)).toBeLessThan(8);
  });

  it('leaves what is seen as it is', () => {
    const { yuv, matte } = scene(stripes);
    const [luma] = fillBackground(yuv, matte, SIZE);
    for (let i = 0; i < luma.length; i++) if (away(i) > 72) expect(luma[i]).toBe(yuv[0][i]);
  });

  it('has no texture to continue where nothing of the scene is seen', () => {
    const { yuv } = scene(stripes);
    expect(continueTexture(yuv, new Float32Array(SIZE * SIZE), SIZE)).toBeUndefined();
    const [luma] = fillBackground(yuv, new Float32Array(SIZE * SIZE).fill(1), SIZE);
    expect(luma.every(Number.isFinite)).toBe(true);
  });
});
