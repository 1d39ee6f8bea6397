import { describe, expect, it } from 'vitest';
import {
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  MOUTH_CORNER,
} from '../../../../../src/face/topology.ts';
import type { Plane } from '../../../../../src/image/planes.ts';
import type { FoundEyes } from '../../../../../src/render/warp/analyse/eyes/find-eyes.ts';
import type { EyePatch } from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';
import { measureMouthLight } from '../../../../../src/render/warp/analyse/mouth/mouth-light.ts';

const SIZE = 128;
const SKIN = [110, 114, 150];

/** A face of the colour `skin` whose lips stand `open` mouth widths apart; between them, `inside`. */
function portrait(open: number, inside: readonly number[], skin: readonly number[]) {
  const landmarks = new Float32Array(3 * LANDMARK_COUNT).fill(0.1);
  const put = (i: number, x: number, y: number) => landmarks.set([x, y], 3 * i);
  const width = 0.4;
  for (const corner of [MOUTH_CORNER, INNER_MOUTH_CORNER]) {
    put(corner.right, 0.5 - width / 2, 0.6);
    put(corner.left, 0.5 + width / 2, 0.6);
  }
  for (const [rim, side] of [
    [INNER_UPPER_LIP, -1],
    [INNER_LOWER_LIP, 1],
  ] as const) {
    rim.forEach((point, i) => {
      put(point, 0.5 + width * ((i - 4) / 10), 0.6 + (side * open * width) / 2);
    });
  }
  const channels = skin.map((value, c) => {
    const plane = new Float32Array(SIZE * SIZE).fill(value);
    for (let y = 0; y < SIZE; y++) {
      if (Math.abs((y + 0.5) / SIZE - 0.6) > (open * width) / 2) continue;
      for (let x = 0.3 * SIZE; x < 0.7 * SIZE; x++) plane[y * SIZE + Math.floor(x)] = inside[c];
    }
    return plane;
  });
  return { view: { size: SIZE, channels: channels as [Plane, Plane, Plane] }, landmarks };
}

/** Eyes with a white of this colour, and none at all. */
function eyesOf(white: readonly number[]): FoundEyes {
  const size = 64;
  const whole = (value: number) => new Float32Array(size * size).fill(value);
  const iris = { x: 32, y: 32, radius: 8 };
  const patch: EyePatch = {
    origin: [0, 0],
    extent: 1,
    size,
    planes: white.map(whole),
    inside: whole(9),
    visible: whole(white.length > 0 ? 1 : 0),
    around: whole(0),
    width: 0.6,
    iris,
    upperLid: [],
  };
  return { patches: [patch, patch], irises: [iris, iris] };
}
const NO_EYES = eyesOf([]);

function teethOf(
  open: number,
  inside: readonly number[],
  { skin = SKIN, eyes = NO_EYES, drawn = false }: { skin?: number[]; eyes?: FoundEyes; drawn?: boolean } = {},
) {
  const { view, landmarks } = portrait(open, inside, skin);
  return measureMouthLight(view, landmarks, eyes, drawn).teeth;
}

describe('light of the mouth', () => {
  const shut = teethOf(0, SKIN);

  it("takes brightness and white from the portrait's own teeth", () => {
    const own = teethOf(0.3, [200, 127, 129]);
    expect(own[0]).toBeCloseTo(200, 2);
    expect(own[1]).toBeCloseTo((shut[1] + 127) / 2, 2);
  });

  it('keeps to the skin where an open mouth shows a dark gap or a tongue', () => {
    expect(teethOf(0.3, [30, 126, 134])).toEqual(shut);
    expect(teethOf(0.3, [120, 112, 156])).toEqual(shut);
  });

  it('keeps to the skin where lips hardly part', () => {
    expect(teethOf(0.05, [200, 127, 129])).toEqual(shut);
  });

  it.each([
    ['dark', [75, 116, 150], 1.6, 2.4],
    ['brown', [130, 108, 156], 1.25, 1.5],
    ['light', [190, 112, 150], 1.05, 1.25],
  ] as const)('gives %s skin teeth as bright as photographs do', (_, skin, least, most) => {
    const against = (teethOf(0, skin, { skin: [...skin] })[0] - 16) / (skin[0] - 16);
    expect(against).toBeGreaterThan(least);
    expect(against).toBeLessThan(most);
  });

  it('believes the white of the eyes where it is well lit, not where it lies in the shade', () => {
    const bluish = teethOf(0, SKIN, { eyes: eyesOf([190, 136, 120]) });
    expect(bluish[0]).toBeGreaterThan(shut[0]);
    expect(bluish[1]).toBeGreaterThan(shut[1] + 3);
    expect(bluish[2]).toBeLessThan(shut[2] - 2);
    expect(teethOf(0, SKIN, { eyes: eyesOf([60, 136, 120]) })).toEqual(shut);
  });

  it('takes no lid and no white hair for the white of an eye', () => {
    expect(teethOf(0, SKIN, { eyes: eyesOf(SKIN) })).toEqual(shut);
    const skin = [70, 118, 144];
    expect(teethOf(0, skin, { skin, eyes: eyesOf([225, 126, 129]) })).toEqual(teethOf(0, skin, { skin }));
  });

  it('lets no teeth outshine the eyes in a dark face', () => {
    const skin = [73, 113, 149];
    for (const white of [108, 122, 150]) {
      const [luma] = teethOf(0, skin, { skin, eyes: eyesOf([white, 126, 130]) });
      expect(luma).toBeLessThanOrEqual(white);
      expect(luma).toBeGreaterThan(0.9 * white);
    }
  });

  it('makes teeth ivory, not green, under varnish or yellow light', () => {
    const [, u, v] = teethOf(0, SKIN, { skin: [150, 92, 141] });
    const red = 1.596 * (v - 128);
    const green = -0.392 * (u - 128) - 0.813 * (v - 128);
    expect(u).toBeLessThan(116);
    expect(red).toBeGreaterThan(green);
  });

  it('leaves a picture without colours without them', () => {
    const { view, landmarks } = portrait(0, [110, 128, 128], [110, 128, 128]);
    const { teeth, saturation } = measureMouthLight(view, landmarks, eyesOf([150, 128, 128]), false);
    expect([...teeth.slice(1), saturation]).toEqual([128, 128, 0]);
  });

  it('makes the teeth of a drawing brighter and less yellow', () => {
    const drawn = teethOf(0, SKIN, { drawn: true });
    expect(drawn[0]).toBeGreaterThan(1.2 * shut[0]);
    expect(drawn[1]).toBeGreaterThan(shut[1]);
  });
});
