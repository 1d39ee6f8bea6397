import { describe, expect, it } from 'vitest';
import {
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  MOUTH_CORNER,
} from '../../../../../src/face/topology.ts';
import type { Plane } from '../../../../../src/image/planes.ts';
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

function lightOf(open: number, inside: readonly number[], skin: readonly number[] = SKIN, isDrawn = false) {
  const { view, landmarks } = portrait(open, inside, skin);
  return measureMouthLight(view, landmarks, isDrawn);
}

describe('light of the mouth', () => {
  const shut = lightOf(0, SKIN);

  it("takes brightness and white from the portrait's own teeth", () => {
    const own = lightOf(0.3, [200, 127, 129]);
    expect(own.gain).toBeGreaterThan(shut.gain);
    expect(own.gain).toBeCloseTo(184 / 164, 2);
    expect(own.u).toBeGreaterThan(shut.u);
  });

  it('keeps to the skin where an open mouth shows a dark gap or a tongue', () => {
    expect(lightOf(0.3, [30, 126, 134])).toEqual(shut);
    expect(lightOf(0.3, [120, 112, 156])).toEqual(shut);
  });

  it('keeps to the skin where lips hardly part', () => {
    expect(lightOf(0.05, [200, 127, 129])).toEqual(shut);
  });

  it('makes teeth ivory, not green, under varnish or yellow light', () => {
    const { gain, saturation, u, v } = lightOf(0, SKIN, [150, 92, 141]);
    // Incisors of the atlas have the chroma (117, 135).
    const [teethU, teethV] = [u - 11 * gain * saturation, v + 7 * gain * saturation];
    const red = 1.596 * teethV;
    const green = -0.392 * teethU - 0.813 * teethV;
    expect(teethU).toBeLessThan(-12);
    expect(red).toBeGreaterThan(green);
  });

  it('makes the teeth of a drawing brighter and less yellow', () => {
    const drawn = lightOf(0, SKIN, SKIN, true);
    expect(drawn.gain).toBeGreaterThan(1.3 * shut.gain);
    expect(drawn.gain * drawn.saturation).toBeLessThan(1);
  });
});
