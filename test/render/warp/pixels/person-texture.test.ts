import { expect, it } from 'vitest';
import { atOnce } from '../../../../src/in-pieces.ts';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import { personTexture } from '../../../../src/render/warp/pixels/person-texture.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';

const SIZE = 64;
const GREY = 128;

/** A grey person with a hard, ragged outline. */
function greyRig(): Rig {
  const plane = (size: number, value: number) => new Uint8Array(size * size).fill(value);
  const matte = plane(SIZE, 0).map((_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    return Math.hypot(x - 32, y - 32) < 20 + 3 * Math.sin(y) ? 255 : 0;
  });
  const person = { y: plane(SIZE, 90), u: plane(SIZE / 2, GREY), v: plane(SIZE / 2, GREY) };
  return { size: SIZE, matte, person } as Partial<Rig> as Rig;
}

it.each([40, 68, 100])('keeps a grey person grey up to the edge, %i texels to a portrait of 64', (texels) => {
  const framing = new Framing({ width: texels, height: texels }, texels, 0, 0);
  const { u, v, matteHalf } = atOnce(personTexture(greyRig(), framing));
  const isSoft = matteHalf.some((share) => share > 0.1 && share < 0.9);
  expect(isSoft).toBe(true);
  for (const plane of [u, v]) {
    plane.forEach((value, i) => {
      expect(value).toBeCloseTo(GREY * matteHalf[i], 3);
    });
  }
});
