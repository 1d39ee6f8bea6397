import { describe, expect, it } from 'vitest';
import { EYES, LANDMARK_COUNT } from '../../../../../src/face/topology.ts';
import type { EyePatch } from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';
import {
  BAND_SAMPLES,
  measureLashBand,
  wornOnBoth,
} from '../../../../../src/render/warp/analyse/eyes/lash-band.ts';

const SIZE = 96;
/** In the patch's width. */
const EYE_WIDTH = 0.65;
const HALF_HEIGHT = 0.13;
const [SKIN, LASH, WHITE] = [160, 40, 210];
const MIDDLE = BAND_SAMPLES >> 1;

/** A left eye, outer corner to the right, whose upper lid is dark up to `height` eye widths above its edge. */
function measure(height: (along: number) => number): number[] {
  const { outerCorner, innerCorner, upperLid } = EYES.left;
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const edge = (along: number) => 0.5 - HALF_HEIGHT * Math.sqrt(1 - (2 * along - 1) ** 2);
  [outerCorner, ...upperLid, innerCorner].forEach((i, k) => {
    landmarks.set([0.5 + (0.5 - k / 8) * EYE_WIDTH, edge(k / 8), 0], 3 * i);
  });
  const luma = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const along = ((i % SIZE) + 0.5 - 0.5 * SIZE) / (EYE_WIDTH * SIZE) + 0.5;
    const y = (Math.floor(i / SIZE) + 0.5) / SIZE;
    if (along < 0 || along > 1 || y > 0.5) return SKIN;
    if (y > edge(along)) return WHITE;
    return edge(along) - y < height(along) * EYE_WIDTH ? LASH : SKIN;
  });
  const lid = new Float32Array(SIZE * SIZE).fill(SKIN);
  const patch = { planes: [luma], origin: [0, 0], extent: 1, size: SIZE } as unknown as EyePatch;
  return measureLashBand(patch, landmarks, EYES.left, { lash: LASH, lid });
}

describe('measureLashBand', () => {
  it('finds how high eyeliner reaches, also where it widens outwards', () => {
    const band = measure((along) => 0.05 + 0.08 * along);
    expect(band).toHaveLength(BAND_SAMPLES);
    expect(Math.abs(band[MIDDLE] - 0.09)).toBeLessThan(0.025);
    expect(band[BAND_SAMPLES - 3]).toBeGreaterThan(band[MIDDLE] + 0.01);
  });

  it('finds nothing where lashes alone are dark, and in single lashes', () => {
    const none = new Array(BAND_SAMPLES).fill(0);
    expect(measure(() => 0.025)).toEqual(none);
    expect(measure((along) => (Math.abs(along - 0.5) < 0.02 ? 0.15 : 0.02))).toEqual(none);
  });
});

describe('wornOnBoth', () => {
  const lined = measure((along) => 0.05 + 0.06 * along);

  it('keeps bands that mirror each other', () => {
    const [left, right] = wornOnBoth([lined, lined.toReversed()]);
    expect(left).toEqual(lined);
    expect(right).toEqual(lined.toReversed());
  });

  it('drops a band that only one eye shows: it is shade', () => {
    const none = new Array(BAND_SAMPLES).fill(0);
    expect(wornOnBoth([lined, none])).toEqual([none, none]);
  });
});
