import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squareFormat } from '../../../../src/contract/formats.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import { prepareOwnTeeth } from '../../../../src/render/warp/mouth/own-teeth.ts';
import type { Yuva } from '../../../../src/render/warp/pixels/sprite.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import type { WarpRenderer } from '../../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { withOwn } from '../head/own-expression.ts';
import { openWarp, warpRig } from '../support.ts';

const SIZE = 512;
/** Of the mouth that the rig is given, and of nothing else in the picture's mouth. */
const TOOTH = 230;
const DARK = 40;
const TEXELS = 64;
let renderer: WarpRenderer;
let rig: Rig;
beforeAll(async () => {
  const portrait = withOwn(await warpRig(await ourPortrait()), { jawOpen: 0.15 });
  const extent = 0.4 * portrait.faceHeight;
  const [left, y] = portrait.portrait.subarray(3 * 61);
  const [right] = portrait.portrait.subarray(3 * 291);
  const upper = portrait.portrait[3 * 13 + 1];
  const lower = portrait.portrait[3 * 14 + 1];
  const origin: [number, number] = [(left + right - extent) / 2, y - extent / 2];
  // What lies between the lips, part of the lower lip, and no corners.
  const isOpen = (i: number) => {
    const row = origin[1] + (extent * (Math.floor(i / TEXELS) + 0.5)) / TEXELS;
    const column = (i % TEXELS) / TEXELS;
    return row > upper && row < lower + 0.02 && Math.abs(column - 0.5) < 0.2;
  };
  const texels = Uint8Array.from({ length: 4 * TEXELS ** 2 }, (_, k) =>
    k % 4 < 3 ? [TOOTH, 128, 128][k % 4] : isOpen(k >> 2) ? 255 : 0,
  );
  rig = { ...portrait, ownTeeth: { origin, extent, size: TEXELS, texels, teeth: texels } };
  renderer = await openWarp();
}, 90_000);
afterAll(() => renderer?.close());

/**
 * Luma down the mouth from `above` the upper lip's inner edge on, view fractions, a pixel a step: down its middle or so
 * far beside it.
 */
async function downTheMouth(pose: Pose, above = 0, beside = 0): Promise<number[]> {
  const picture = createI420(SIZE, SIZE);
  const frame = poseFrame(pose);
  await renderer.prepare(rig, squareFormat(SIZE)).draw(frame, picture);
  const [x, y] = landmarksAt(rig, frame).subarray(3 * 13);
  const start = Math.ceil((y - above) * SIZE);
  return Array.from(
    { length: 0.15 * SIZE },
    (_, k) => picture.data[(start + k) * SIZE + Math.floor((x + beside) * SIZE)],
  );
}

const isTooth = (luma: number) => luma > TOOTH - 12;
const rowsOfTeeth = async (pose: Pose) => (await downTheMouth(pose, 0.01)).filter(isTooth).length;

describe("the portrait's own teeth", () => {
  it('show as far as the lips leave them open', async () => {
    expect(await rowsOfTeeth(VISEMES.PP)).toBe(0);
    const whole = await rowsOfTeeth({ jawOpen: 0.6 });
    expect(whole).toBeGreaterThan(3);
    // The jaw goes down without them, and they turn with the head.
    expect(await rowsOfTeeth({ jawOpen: 0.9 })).toBeLessThanOrEqual(whole + 2);
    expect(await rowsOfTeeth({ jawOpen: 0.6, headYaw: 0.2, headRoll: 0.1 })).toBeGreaterThan(0.7 * whole);
  });

  it('lie in the shade of round lips', async () => {
    const round = await downTheMouth({ jawOpen: 0.3, mouthPucker: 0.6, mouthFunnel: 0.3 });
    expect(Math.max(...round.slice(2, 8))).toBeLessThan(0.75 * TOOTH);
  });

  describe('have gums above them', () => {
    /** Luma 0.005 of the view above what the portrait shows, in its middle or so far beside it, of the extent. */
    const gum = (beside = 0) => {
      const { teeth, place } = prepareOwnTeeth(rig, SIZE)!;
      const row = (rig.portrait[3 * 13 + 1] - place.origin[1] - 0.005) / place.extent;
      const texel: Yuva = [0, 0, 0, 0];
      teeth.sample((0.5 + beside) * teeth.width, row * teeth.height, texel);
      expect(texel[3]).toBeGreaterThan(0.95);
      return texel[0];
    };

    it('that are no part of the dark', () => {
      expect(gum()).toBeGreaterThan(DARK);
    });

    it('and grow dark towards the corners', () => {
      expect(gum(0.17)).toBeLessThan(gum() - 10);
    });
  });
});

describe("the portrait's own mouth", () => {
  /** Rows of it below the lower lip's inner edge, where only the portrait shows it. */
  const onLip = async (pose: Pose) => {
    const points = landmarksAt(rig, poseFrame(pose));
    const gap = Math.floor((points[3 * 14 + 1] - points[3 * 13 + 1]) * SIZE);
    return (await downTheMouth(pose)).slice(gap + 2).filter(isTooth).length;
  };

  it('is shown as it is where the lips are where the portrait has them, however the head turns', async () => {
    const rest = await onLip({});
    expect(rest).toBeGreaterThan(0);
    expect(await onLip({ headYaw: 0.15 })).toBeGreaterThanOrEqual(rest - 1);
    expect(await onLip({ headRoll: 0.15 })).toBeGreaterThanOrEqual(rest - 1);
  });

  it('gives way to lips that move', async () => {
    expect(await onLip({ jawOpen: 0.6 })).toBe(0);
    expect(await onLip({ mouthPucker: 0.8 })).toBe(0);
  });
});
