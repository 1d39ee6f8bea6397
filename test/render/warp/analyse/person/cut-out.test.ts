import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { squareFormat } from '../../../../../src/contract/formats.ts';
import { splitMatte } from '../../../../../src/engine/process/split-matte.ts';
import { toRgb } from '../../../../../src/image/colour.ts';
import { createI420 } from '../../../../../src/image/i420.ts';
import { poseFrame } from '../../../../../src/render/warp/sheet/poses.ts';
import { DRAWN_FACES, drawFace } from '../../../../support/drawn-face.ts';
import { openWarp, warpRig } from '../../support.ts';

const SLOW_MS = 120_000;
const SIZE = 512;

describe('a drawing on a transparent ground', () => {
  it('is shown with its own opacity and colours, nothing of a ground in them', {
    timeout: SLOW_MS,
  }, async () => {
    const file = await drawFace(DRAWN_FACES['human eyes, light skin'], true);
    const { data: own } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const rig = await warpRig(file);
    const avatar = (await openWarp()).prepare(rig, squareFormat(SIZE), { kind: 'matte' });
    const stacked = createI420(SIZE, 2 * SIZE);
    await avatar.draw(poseFrame({}), stacked);
    const { data, matte } = splitMatte(stacked);
    const { data: shown } = toRgb({ width: SIZE, height: SIZE, data });
    let [opacity, colour] = [0, 0];
    for (let i = 0; i < SIZE * SIZE; i++) {
      const alpha = own[4 * i + 3];
      opacity += Math.abs(matte[i] - alpha);
      for (let c = 0; c < 3; c++) {
        colour += Math.abs(shown[3 * i + c] - (alpha * own[4 * i + c]) / 255);
      }
    }
    expect(opacity / SIZE ** 2).toBeLessThan(0.5);
    // Chroma has half the pixels.
    expect(colour / (3 * SIZE ** 2)).toBeLessThan(2.5);
  });

  it('stands before light paper where no ground is chosen, not before what it was analysed on', {
    timeout: SLOW_MS,
  }, async () => {
    const rig = await warpRig(await drawFace(DRAWN_FACES['human eyes, light skin'], true));
    const picture = createI420(SIZE, SIZE);
    await (await openWarp()).prepare(rig, squareFormat(SIZE)).draw(poseFrame({}), picture);
    const corners = [0, SIZE - 1].map((x) => [...toRgb(picture).data.subarray(3 * x, 3 * x + 3)]);
    expect(corners[0]).toEqual(corners[1]);
    // The face is warm: its paper is bluish.
    const [red, green, blue] = corners[0];
    expect(green).toBeGreaterThan(190);
    expect(blue).toBeGreaterThan(red);
  });
});
