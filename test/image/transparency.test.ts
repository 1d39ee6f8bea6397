import { describe, expect, it } from 'vitest';
import { isCutOut, layOnGround, opacity } from '../../src/image/transparency.ts';

const SIDE = 96;

/** A disc of two colours, left and right, with the given radius in sides; nothing beside it. */
function disc(radius: number) {
  const data = new Uint8Array(4 * SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    if (Math.hypot(x - SIDE / 2, y - SIDE / 2) > radius * SIDE) continue;
    data.set(x < SIDE / 2 ? [200, 40, 40, 255] : [40, 40, 200, 255], 4 * i);
  }
  return { width: SIDE, height: SIDE, data };
}
const at = (data: Uint8Array, x: number, y: number) => [
  ...data.subarray(3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3),
];

describe('transparent pixels of a portrait', () => {
  it('beyond a round picture go on in its colours', async () => {
    const { width, height, data } = await layOnGround(disc(0.5));
    expect([width, height]).toEqual([SIDE, SIDE]);
    for (const y of [1, SIDE - 2]) {
      const [left, right] = [at(data, 1, y), at(data, SIDE - 2, y)];
      expect(left[0] - left[2]).toBeGreaterThan(80);
      expect(right[2] - right[0]).toBeGreaterThan(80);
    }
    expect(at(data, 30, 48)).toEqual([200, 40, 40]);
  });

  it('take the white rim along that a round picture was cut out with', async () => {
    const rim = disc(0.48);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
      const depth = 0.48 * SIDE - Math.hypot(x - SIDE / 2, y - SIDE / 2);
      if (depth < 1.5 && depth > -1) rim.data.set([255, 255, 255, depth < 0 ? 100 : 220], 4 * i);
    }
    const { data } = await layOnGround(rim);
    expect(Math.max(...data)).toBeLessThan(215);
  });

  it('are opaque where they nearly are', async () => {
    const picture = disc(1);
    for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 200;
    expect(at((await layOnGround(picture)).data, 30, 48)).toEqual([200, 40, 40]);
  });

  it('around a person who was cut out are grey', async () => {
    const { data } = await layOnGround(disc(0.3));
    expect(at(data, 2, 2)).toEqual([127, 132, 138]);
    expect(at(data, 40, 48)).toEqual([200, 40, 40]);
  });

  it('are the ground of a person who fills the lower part of the picture', () => {
    const person = disc(1);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      if (y < 0.3 * SIDE && Math.abs(x - SIDE / 2) > 0.25 * SIDE) person.data[4 * i + 3] = 0;
    }
    expect(isCutOut(person)).toBe(true);
    expect(isCutOut(disc(0.5))).toBe(false);
    expect(isCutOut(disc(1))).toBe(false);
    const alpha = opacity(person);
    expect(at(alpha.data, 2, 2)).toEqual([0, 0, 0]);
    expect(at(alpha.data, 2, SIDE - 2)).toEqual([255, 255, 255]);
  });
});
