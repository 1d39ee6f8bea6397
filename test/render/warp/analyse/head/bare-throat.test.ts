import { beforeAll, describe, expect, it } from 'vitest';
import { CHIN } from '../../../../../src/face/topology.ts';
import { rgbToYuv } from '../../../../../src/image/colour.ts';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';
import { bareThroat } from '../../../../../src/render/warp/analyse/head/bare-throat.ts';

const SIZE = 256;
const GEOMETRY = { axes: Float32Array.of(1, 0, 0, 0, -1, 0, 0, 0, 1), faceHeight: 0.5 };
const SKINS = { light: [228, 188, 165], dark: [92, 62, 48] } as const;

let landmarks: Float32Array;
beforeAll(async () => {
  const { rest } = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
  landmarks = rest.map((value, i) => [0.5 + value / 36, 0.4 - value / 36, value / 36][i % 3]);
});

type Rgb = readonly [number, number, number];

/** How bare a throat is of which `below` the chin, from so many face heights on, is of another colour. */
function throatOf(skin: Rgb, below: Rgb, from: number, matte = new Float32Array(SIZE * SIZE).fill(1)) {
  const [own, other] = [rgbToYuv(...skin), rgbToYuv(...below)];
  const row = Math.round((landmarks[3 * CHIN + 1] + from * GEOMETRY.faceHeight) * SIZE);
  const channels = own.map((value, c) => {
    const plane = new Float32Array(SIZE * SIZE).fill(value);
    return plane.fill(other[c], row * SIZE);
  }) as [Float32Array, Float32Array, Float32Array];
  return bareThroat({ size: SIZE, channels }, landmarks, matte, GEOMETRY);
}

describe.each(Object.entries(SKINS))('a throat of %s skin', (_, skin) => {
  it('is bare where its skin is seen, in its shadow, too', () => {
    const shaded = skin.map((value) => 0.75 * value) as unknown as Rgb;
    expect(throatOf(skin, skin, 0)).toBe(1);
    expect(throatOf(skin, shaded, 0.05)).toBe(1);
  });

  it.each([
    ['a blue shirt', [40, 60, 130]],
    ['a black beard', [14, 12, 12]],
    ['a white collar', [250, 250, 248]],
  ] as const)('is covered by %s', (_, colour) => {
    expect(throatOf(skin, colour, 0.15)).toBe(0);
  });

  it('is not told where the person ends', () => {
    expect(throatOf(skin, skin, 0, new Float32Array(SIZE * SIZE))).toBe(0);
  });
});

it('is not told in a picture without colours', () => {
  expect(throatOf([150, 150, 150], [150, 150, 150], 0)).toBe(0);
});
