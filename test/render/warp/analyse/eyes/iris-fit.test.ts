import { describe, expect, it } from 'vitest';
import {
  type EyePatch,
  fitIrises,
  type IrisCircle,
} from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';

const SIZE = 64;
const WHITE = [200, 127, 130];
const SKIN = [120, 118, 142];
const PUPIL = [15, 128, 128];
const BROWN = [80, 112, 148];
const LIGHT_BLUE = [168, 134, 119];

/** An almond 44 texels wide with an iris at `truth`, of which the mesh believes that it lies at `mesh`. */
function drawEye(iris: readonly number[], truth: IrisCircle, mesh: IrisCircle): EyePatch {
  const visible = new Float32Array(SIZE * SIZE);
  const planes = [0, 1, 2].map(() => new Float32Array(SIZE * SIZE));
  for (let i = 0; i < visible.length; i++) {
    const [x, y] = [(i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5];
    const opening = 11 * Math.max(0, 1 - ((x - 32) / 22) ** 2);
    visible[i] = Math.abs(y - 32) < opening ? 1 : 0;
    const away = Math.hypot(x - truth.x, y - truth.y) / truth.radius;
    // A shadow falls on one side of the white.
    const shade = x < 32 ? 0.9 : 1;
    const white = [shade * WHITE[0], WHITE[1], WHITE[2]];
    const colour = visible[i] ? (away < 0.4 ? PUPIL : away < 1 ? iris : white) : SKIN;
    planes.forEach((plane, c) => {
      plane[i] = colour[c];
    });
  }
  const around = visible.map((inside) => 1 - inside);
  return {
    origin: [0, 0],
    extent: 1,
    size: SIZE,
    planes,
    inside: visible,
    visible,
    around,
    width: 0.67,
    iris: mesh,
    upperLid: [],
  };
}

describe('fitIrises', () => {
  for (const [name, colour] of Object.entries({ BROWN, LIGHT_BLUE })) {
    it(`finds centre and size where the mesh is off: ${name}`, () => {
      const left = { x: 33, y: 31, radius: 10 };
      const right = { x: 30, y: 32, radius: 10 };
      const mesh = { x: 32, y: 32, radius: 7.5 };
      const found = fitIrises([drawEye(colour, left, { ...mesh, x: 35.5 }), drawEye(colour, right, mesh)]);
      for (const [i, truth] of [left, right].entries()) {
        expect(Math.hypot(found[i].x - truth.x, found[i].y - truth.y)).toBeLessThan(1.2);
        expect(Math.abs(found[i].radius - truth.radius)).toBeLessThan(1);
      }
    });
  }

  it('keeps what the mesh found where the picture shows no outline, or no eye at all', () => {
    const mesh = { x: 31, y: 33, radius: 8 };
    const flat = drawEye(WHITE, mesh, mesh);
    for (const plane of flat.planes) plane.fill(128);
    const shut = { ...flat, visible: new Float32Array(SIZE * SIZE) };
    expect(fitIrises([flat, shut])).toEqual([mesh, mesh]);
  });
});
