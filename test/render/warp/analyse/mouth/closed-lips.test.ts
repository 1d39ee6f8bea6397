import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../../../src/face/topology.ts';
import { fitClosedLips } from '../../../../../src/render/warp/analyse/mouth/closed-lips.ts';
import { FINISHES, finished, fixturePortrait, portraitViewer } from '../support.ts';

const SIZE = 512;
const WIDTH = 0.2;
const MIDDLE = 0.5;

/** Lips of one colour with a dark seam at `seam`; the mesh's rims lie `gap` apart around the middle. View fractions. */
function mouth(gap: number, seam: number) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  for (const { right, left } of [MOUTH_CORNER, INNER_MOUTH_CORNER]) {
    landmarks.set([MIDDLE - WIDTH / 2, MIDDLE, 0], 3 * right);
    landmarks.set([MIDDLE + WIDTH / 2, MIDDLE, 0], 3 * left);
  }
  INNER_UPPER_LIP.forEach((_, i) => {
    const x = MIDDLE + WIDTH * ((i + 1) / 10 - 0.5);
    for (let ring = 0; ring < 4; ring++) {
      const away = gap / 2 + 0.01 * (3 - ring);
      landmarks.set([x, MIDDLE - away, -0.01], 3 * UPPER_LIP_RINGS[ring][i]);
      landmarks.set([x, MIDDLE + away, -0.02], 3 * LOWER_LIP_RINGS[ring][i]);
    }
  });
  const luma = new Float32Array(SIZE * SIZE).fill(120);
  for (const row of [-1, 0]) {
    const y = Math.round(seam * SIZE) + row;
    luma.fill(40, y * SIZE, (y + 1) * SIZE);
  }
  const grey = new Float32Array(SIZE * SIZE).fill(128);
  return { picture: { size: SIZE, channels: [luma, grey, grey] as const }, landmarks };
}

describe('fitClosedLips', () => {
  it('puts both rims of lips that touch on the seam', () => {
    const seam = MIDDLE - 0.0025;
    const { picture, landmarks } = mouth(0.04 * WIDTH, seam);
    const fitted = fitClosedLips(picture, landmarks);
    INNER_UPPER_LIP.forEach((upper, i) => {
      const [y, lower] = [fitted[3 * upper + 1], fitted[3 * INNER_LOWER_LIP[i] + 1]];
      expect(y).toBe(lower);
      expect(fitted[3 * upper + 2]).toBe(fitted[3 * INNER_LOWER_LIP[i] + 2]);
      expect(Math.abs(y - seam) * SIZE).toBeLessThan(1);
    });
  });

  it('puts them in the middle where no seam is seen', () => {
    const { picture, landmarks } = mouth(0.04 * WIDTH, 0.1);
    const fitted = fitClosedLips(picture, landmarks);
    expect(fitted[3 * INNER_UPPER_LIP[4] + 1]).toBeCloseTo(MIDDLE, 4);
  });

  it('finds a seam that the mesh has beside it, and takes the corners along', () => {
    const seam = MIDDLE + 0.07 * WIDTH;
    const { picture, landmarks } = mouth(0.02 * WIDTH, seam);
    const fitted = fitClosedLips(picture, landmarks);
    for (const point of [...INNER_UPPER_LIP, ...INNER_LOWER_LIP, ...Object.values(MOUTH_CORNER)]) {
      expect(Math.abs(fitted[3 * point + 1] - seam) * SIZE).toBeLessThan(1);
    }
    const heights = UPPER_LIP_RINGS.map((ring) => fitted[3 * ring[4] + 1]);
    expect(heights.toSorted((a, b) => a - b)).toEqual(heights);
  });

  it('closes full lips of which the mesh takes a part for the mouth', () => {
    const seam = MIDDLE - 0.04 * WIDTH;
    const { picture, landmarks } = mouth(0.18 * WIDTH, seam);
    const fitted = fitClosedLips(picture, landmarks);
    expect(Math.abs(fitted[3 * INNER_LOWER_LIP[4] + 1] - seam) * SIZE).toBeLessThan(1);
  });

  it('leaves lips alone between which teeth are seen', () => {
    const { picture, landmarks } = mouth(0.18 * WIDTH, MIDDLE - 0.08 * WIDTH);
    const rows = [-0.06, 0.09].map((share) => Math.round((MIDDLE + share * WIDTH) * SIZE));
    picture.channels[0].fill(200, rows[0] * SIZE, rows[1] * SIZE);
    expect(fitClosedLips(picture, landmarks)).toBe(landmarks);
  });

  it('leaves lips alone between which teeth are seen that are hardly brighter than the lips for the most part', () => {
    const { picture, landmarks } = mouth(0.18 * WIDTH, MIDDLE);
    const rows = [0.03, 0.09].map((share) => Math.round((MIDDLE + share * WIDTH) * SIZE));
    picture.channels[0].fill(175, rows[0] * SIZE, rows[1] * SIZE);
    expect(fitClosedLips(picture, landmarks)).toBe(landmarks);
  });

  it('leaves wide open mouths alone', () => {
    const { picture, landmarks } = mouth(0.3 * WIDTH, MIDDLE);
    expect(fitClosedLips(picture, landmarks)).toBe(landmarks);
  });

  it('closes dark lips of which the upper one lies in its own shade', () => {
    const { picture, landmarks } = mouth(0.11 * WIDTH, MIDDLE + 0.05 * WIDTH);
    const seam = Math.round((MIDDLE + 0.05 * WIDTH) * SIZE);
    for (let y = 0; y < SIZE; y++) {
      const shade = Math.min(1, Math.max(0, (seam - y) / (0.15 * WIDTH * SIZE)));
      picture.channels[0].fill(y < seam ? 18 + 20 * shade : 44, y * SIZE, (y + 1) * SIZE);
    }
    picture.channels[0].fill(17, (seam - 1) * SIZE, (seam + 1) * SIZE);
    const fitted = fitClosedLips(picture, landmarks);
    expect(fitted[3 * INNER_UPPER_LIP[4] + 1]).toBe(fitted[3 * INNER_LOWER_LIP[4] + 1]);
    expect(Math.abs(fitted[3 * INNER_LOWER_LIP[4] + 1] - MIDDLE - 0.05 * WIDTH) * SIZE).toBeLessThan(1.5);
  });

  it('closes lips whose seam was blurred until it is as high as the dark of a mouth', () => {
    const { picture, landmarks } = mouth(0.11 * WIDTH, MIDDLE);
    for (let y = 0; y < SIZE; y++) {
      const away = (y + 0.5 - MIDDLE * SIZE) / (WIDTH * SIZE);
      picture.channels[0].fill(120 - 40 * Math.exp(-((away / 0.1) ** 2)), y * SIZE, (y + 1) * SIZE);
    }
    const fitted = fitClosedLips(picture, landmarks);
    expect(fitted[3 * INNER_UPPER_LIP[4] + 1]).toBe(fitted[3 * INNER_LOWER_LIP[4] + 1]);
  });

  it.each([
    ['the dark of a mouth', 0.11, 20],
    ['teeth', 0.06, 175],
  ])('leaves lips alone that stand a little apart before %s', (_, height, light) => {
    const { picture, landmarks } = mouth(0.11 * WIDTH, MIDDLE - 0.05 * WIDTH);
    const rows = [-0.5, 0.5].map((share) => Math.round((MIDDLE + share * height * WIDTH) * SIZE));
    picture.channels[0].fill(light, rows[0] * SIZE, rows[1] * SIZE);
    expect(fitClosedLips(picture, landmarks)).toBe(landmarks);
  });
});

describe('fitClosedLips of people', () => {
  const SLOW_MS = 90_000;
  let viewer: Awaited<ReturnType<typeof portraitViewer>>;
  beforeAll(async () => {
    viewer = await portraitViewer();
  }, SLOW_MS);
  afterAll(() => viewer.close());

  it.each(FINISHES)(
    'closes full dark lips that touch, %s',
    async (finish) => {
      const portrait = await fixturePortrait('dark-skin-full-lips');
      const { view, seen } = await viewer.look(await finished(portrait, finish));
      const fitted = fitClosedLips(view, seen.landmarks);
      INNER_UPPER_LIP.forEach((upper, i) => {
        expect(fitted[3 * upper + 1]).toBe(fitted[3 * INNER_LOWER_LIP[i] + 1]);
      });
    },
    SLOW_MS,
  );
});
