import { describe, expect, it } from 'vitest';
import type { Plane } from '../../../../../src/image/planes.ts';
import { separatePerson } from '../../../../../src/render/warp/analyse/person/person-layers.ts';

const SIZE = 256;
const HAIR = [40, 122, 136];
const RADIUS = 70;
const away = (x: number, y: number) => Math.hypot(x - 128, y - 128);
/** Strands fray the outline. */
const trueMatte = (x: number, y: number) => {
  const reach = RADIUS + 3 * Math.sin(24 * Math.atan2(y - 128, x - 128));
  return Math.min(1, Math.max(0, 0.5 + (reach - away(x, y)) / 2));
};
const textured = (x: number, y: number) => [170 + 30 * Math.sin(0.15 * x) * Math.cos(0.2 * y), 120, 130];
const plane = (value: (x: number, y: number) => number): Plane =>
  Float32Array.from({ length: SIZE * SIZE }, (_, i) => value(i % SIZE, Math.floor(i / SIZE)));

/** A head of hair before `ground`, and a matte of it that is too wide and too soft. */
function cutOut(ground: (x: number, y: number) => readonly number[], extra = (_x: number, _y: number) => 0) {
  const yuv = [0, 1, 2].map((c) =>
    plane((x, y) => trueMatte(x, y) * HAIR[c] + (1 - trueMatte(x, y)) * ground(x, y)[c]),
  ) as [Plane, Plane, Plane];
  const found = plane((x, y) =>
    Math.max(extra(x, y), Math.min(1, Math.max(0, 0.5 + (RADIUS + 2 - away(x, y)) / 8))),
  );
  return separatePerson(yuv, found, SIZE);
}

/** Root mean square of what is wrong about the outline over an even ground, luma. */
function errorOver(luma: number, { matte, person }: ReturnType<typeof cutOut>): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < matte.length; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    if (Math.abs(away(x, y) - RADIUS) > 10) continue;
    const truth = trueMatte(x, y) * HAIR[0] + (1 - trueMatte(x, y)) * luma;
    sum += (matte[i] * person.y[i] + (1 - matte[i]) * luma - truth) ** 2;
    count++;
  }
  return Math.sqrt(sum / count);
}

/** Mean difference of the portrait's outline from what it was, over its own ground. */
function changed(ground: typeof textured, { matte, person, background }: ReturnType<typeof cutOut>): number {
  let [sum, count] = [0, 0];
  matte.forEach((alpha, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    if (Math.abs(away(x, y) - RADIUS) > 10) return;
    const truth = trueMatte(x, y) * HAIR[0] + (1 - trueMatte(x, y)) * ground(x, y)[0];
    sum += Math.abs(alpha * person.y[i] + (1 - alpha) * background.y[i] - truth);
    count++;
  });
  return sum / count;
}

describe("the person's edge on other grounds", () => {
  it('takes nothing of its own ground along, over which it stays as it was', () => {
    const light = cutOut((x) => [200 + 0.05 * x, 128, 128]);
    const green = cutOut(() => [140, 60, 50]);
    for (const layers of [light, green]) {
      expect(errorOver(16, layers)).toBeLessThan(5);
      expect(errorOver(235, layers)).toBeLessThan(9);
    }
    expect(changed(textured, cutOut(textured))).toBeLessThan(3);
    for (let i = 0; i < light.matte.length; i++) {
      if (green.matte[i] < 0.2) continue;
      const chroma = Math.floor(Math.floor(i / SIZE) / 2) * (SIZE / 2) + ((i % SIZE) >> 1);
      expect(Math.abs(green.person.v[chroma] - HAIR[2])).toBeLessThan(16);
    }
  });

  it('drops what hangs together with nothing of the person', () => {
    const island = (x: number, y: number) => (Math.hypot(x - 225, y - 40) < 12 ? 1 : 0);
    const { matte } = cutOut(() => [200, 128, 128], island);
    expect(matte[40 * SIZE + 225]).toBe(0);
    expect(matte[128 * SIZE + 128]).toBe(1);
  });
});
