import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FACE_POINT_NAMES,
  type FacePoints,
  parseFacePoints,
} from '../../../../../src/contract/face-points.ts';
import type { RgbPicture } from '../../../../../src/contract/rgb-picture.ts';
import { CHIN, EYES, INNER_MOUTH_CORNER } from '../../../../../src/face/topology.ts';
import { cutAndScale } from '../../../../../src/image/cut-and-scale.ts';
import { DrawingEnlarger } from '../../../../../src/model/drawing-enlarger.ts';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { type PortraitView, PortraitViewer } from '../../../../../src/render/warp/analyse/portrait-view.ts';
import { fixturePortrait } from '../support.ts';
import { drawnCharacter, PLACES, SIDE } from './drawn-character.ts';

const SLOW_MS = 90_000;
const EYE_DISTANCE = PLACES.leftEye[0] - PLACES.rightEye[0];

let viewer: PortraitViewer;
let found: PortraitView;
beforeAll(async () => {
  viewer = await PortraitViewer.open(await loadPack(BUILTIN_PACK));
  found = await viewer.view(await drawnCharacter());
}, SLOW_MS);
afterAll(() => viewer.close());

/** Pixels of the picture per unit of a view. */
function pixels({ exact, picture }: PortraitView): number {
  return exact * picture.width;
}

function away(view: PortraitView, [ax, ay]: readonly number[], [bx, by]: readonly number[]): number {
  return pixels(view) * Math.hypot(ax - bx, ay - by);
}

const landmark = ({ landmarks }: PortraitView, i: number) => [landmarks[3 * i], landmarks[3 * i + 1]];

describe('a drawn face', () => {
  it('is found, with its certainty', () => {
    expect(found.drawnFace?.certainty).toBeGreaterThan(0.5);
    expect(found.drawnFace?.byHand).toBe(false);
  });

  it('has its lines where they are drawn', () => {
    const { eyes, mouth, chin, eyeDistance } = found.drawnFace!;
    expect(pixels(found) * eyeDistance).toBeCloseTo(EYE_DISTANCE, -1);
    // Views may be shifted: distances between points do not know of it.
    const between = (name: keyof typeof PLACES) => Math.hypot(PLACES[name][0] - 212, PLACES[name][1] - 265);
    const right = eyes.right.iris.centre;
    for (const [name, point] of [
      ['leftEye', eyes.left.iris.centre],
      ['mouthRight', mouth.rightCorner],
      ['mouthLeft', mouth.leftCorner],
      ['chin', chin],
    ] as const) {
      expect(Math.abs(away(found, right, point) - between(name))).toBeLessThan(0.1 * EYE_DISTANCE);
    }
    expect(pixels(found) * 2 * eyes.right.iris.radiusY).toBeGreaterThan(28);
    expect(mouth.open).toBeLessThan(0.5);
    expect(eyes.right.closed).toBeLessThan(0.5);
  });

  it('has the landmarks of its lines', () => {
    const { eyes, mouth, chin } = found.drawnFace!;
    expect(away(found, landmark(found, EYES.left.irisCentre), eyes.left.iris.centre)).toBeLessThan(0.5);
    expect(away(found, landmark(found, EYES.right.innerCorner), eyes.right.innerCorner)).toBeLessThan(0.5);
    expect(away(found, landmark(found, INNER_MOUTH_CORNER.left), mouth.leftCorner)).toBeLessThan(0.5);
    expect(away(found, landmark(found, CHIN), chin)).toBeLessThan(0.5);
  });

  it('is refused with the reason where it has no features', async () => {
    const faceless = viewer.view(await drawnCharacter({ face: false }));
    await expect(faceless).rejects.toMatchObject({
      code: 'portrait_no_face',
      detail: expect.stringMatching(/drawn face.* \d+ %/),
    });
  });
});

describe('a photographed face', () => {
  it('is no drawn one', async () => {
    const view = await viewer.view(await fixturePortrait('smooth-light-skin'));
    expect(view.drawnFace).toBeUndefined();
  });
});

describe('a face set by hand', () => {
  it('has eyes, mouth and chin where they were set', async () => {
    const points = Object.fromEntries(
      FACE_POINT_NAMES.map((name) => [name, PLACES[name].map((value) => value / SIDE)]),
    ) as unknown as FacePoints;
    const view = await viewer.view(await drawnCharacter({ face: false }), { points });
    const { mouth, chin, certainty, byHand } = view.drawnFace!;
    expect({ certainty, byHand }).toEqual({ certainty: 0.5, byHand: true });
    const wide = PLACES.mouthLeft[0] - PLACES.mouthRight[0];
    expect(away(view, mouth.rightCorner, mouth.leftCorner)).toBeCloseTo(wide, 0);
    expect(away(view, landmark(view, CHIN), chin)).toBeLessThan(0.5);
    const high = PLACES.chin[1] - PLACES.mouthRight[1];
    expect(pixels(view) * (chin[1] - mouth.rightCorner[1])).toBeCloseTo(high, 0);
  });

  it.each([
    ['all in one place', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['in one line', [0.2, 0.5, 0.4, 0.5, 0.5, 0.5, 0.6, 0.5, 0.8, 0.5]],
    ['with the mouth above the eyes', [0.4, 0.6, 0.6, 0.6, 0.45, 0.4, 0.55, 0.4, 0.5, 0.3]],
    ['with left and right exchanged', [0.4, 0.4, 0.6, 0.4, 0.55, 0.6, 0.45, 0.6, 0.5, 0.7]],
  ])('is refused where its points lie %s', async (_, values) => {
    const points = parseFacePoints(values.join(','));
    const view = viewer.view(await drawnCharacter({ face: false }), { points });
    await expect(view).rejects.toMatchObject({
      code: 'portrait_no_face',
      detail: expect.stringContaining('set'),
    });
  });
});

describe('a small drawn face', () => {
  /** Mean difference of two pictures of one size. */
  const differ = (a: RgbPicture, b: RgbPicture) =>
    a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;

  it(
    'is enlarged with its lines as they would be drawn, and its edge with them',
    async () => {
      const area = { left: 130, top: 170, width: 250, height: 250 };
      const rgb = async (larger: number) => {
        const drawn = sharp(await drawnCharacter({ larger })).flatten({ background: '#7f848a' });
        const { data, info } = await drawn.removeAlpha().raw().toBuffer({ resolveWithObject: true });
        return { width: info.width, height: info.height, data: new Uint8Array(data) };
      };
      const enlarger = await DrawingEnlarger.open((await loadPack(BUILTIN_PACK)).files.drawnEnlarge);
      const [own, truth] = [await rgb(1), await rgb(2)];
      const smooth = await cutAndScale(own, area, 500);
      const drawn = await cutAndScale(truth, { left: 260, top: 340, width: 500, height: 500 }, 500);
      const enlarged = await enlarger.enlarge(await cutAndScale(own, area, 250), smooth);
      await enlarger.close();
      expect(differ(enlarged, drawn)).toBeLessThan(0.7 * differ(smooth, drawn));
    },
    SLOW_MS,
  );

  it(
    'is so in its view, matte and all, but not where it may be a photograph',
    async () => {
      const points = parseFacePoints(
        FACE_POINT_NAMES.flatMap((name) => PLACES[name].map((v) => v / SIDE)).join(','),
      );
      const small = await drawnCharacter({ larger: 0.5 });
      const [enlarged, smooth] = [await viewer.view(small), await viewer.view(small, { points })];
      const soft = ({ matte, exact }: PortraitView) =>
        matte!.filter((value) => value > 0.1 && value < 0.9).length * exact;
      expect(enlarged.exact).toBeLessThan(0.8);
      expect(soft(enlarged)).toBeLessThan(0.75 * soft(smooth));
    },
    SLOW_MS,
  );
});
