import { expect, test } from 'vitest';
import { CHIN, SKIN_POINTS } from '../../../../../src/face/topology.ts';
import { holdsFace, matteOfDrawing } from '../../../../../src/render/warp/analyse/person/matte-of-drawing.ts';
import { separatePerson } from '../../../../../src/render/warp/analyse/person/person-layers.ts';

const SIZE = 256;
const MIDDLE = 128;
const FACE = 70;

/** A flat face with an outline before a ground that shades from above to below; `outlined`: all around. */
function drawing({ outlined = true } = {}) {
  const plane = (value: (x: number, y: number) => number) =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => value(i % SIZE, Math.floor(i / SIZE)));
  const luma = plane((x, y) => {
    const away = Math.hypot(x - MIDDLE, y - MIDDLE);
    const shoulders = y > 200 && Math.abs(x - MIDDLE) < 100;
    const ground = 150 + 0.15 * y;
    if (outlined && Math.abs(away - FACE) < 3) return 20;
    if (away < FACE) return outlined ? 160 : ground;
    return shoulders ? 60 : ground;
  });
  const grey = plane(() => 128);
  const landmarks = new Float32Array(3 * 478);
  for (let i = 0; i < SKIN_POINTS; i++) {
    const turn = 2.4 * i;
    const away = (0.9 * FACE * Math.sqrt(i / SKIN_POINTS)) / SIZE;
    landmarks[3 * i] = 0.5 + away * Math.cos(turn);
    landmarks[3 * i + 1] = 0.5 + away * Math.sin(turn);
  }
  landmarks.set([0.5, 0.5 + FACE / SIZE, 0], 3 * CHIN);
  return { yuv: [luma, grey, grey.slice()] as const, landmarks };
}

test('who is drawn before an even ground is told from it by their outline', () => {
  const { yuv, landmarks } = drawing();
  expect(holdsFace(new Float32Array(SIZE * SIZE), SIZE, landmarks)).toBe(false);
  const matte = matteOfDrawing(yuv, SIZE, landmarks);
  expect(holdsFace(matte, SIZE, landmarks)).toBe(true);
  const at = (x: number, y: number) => matte[y * SIZE + x];
  expect([at(MIDDLE, MIDDLE), at(MIDDLE, 230)]).toEqual([1, 1]);
  expect([at(5, 5), at(250, 100), at(MIDDLE + FACE + 8, MIDDLE)]).toEqual([0, 0, 0]);
});

test('where nothing tells them from it the whole picture is the person, and stands behind it too', () => {
  const { yuv, landmarks } = drawing({ outlined: false });
  const matte = matteOfDrawing(yuv, SIZE, landmarks);
  expect(Math.min(...matte)).toBe(1);
  const { person, background } = separatePerson(
    [...yuv] as [Float32Array, Float32Array, Float32Array],
    matte,
    SIZE,
  );
  expect(background.y).toEqual(person.y);
  expect(person.y[100 * SIZE + 100]).toBe(Math.round(yuv[0][100 * SIZE + 100]));
});
