import { describe, expect, it } from 'vitest';
import { squareFormat } from '../../../../../src/contract/formats.ts';
import { createI420 } from '../../../../../src/image/i420.ts';
import { poseFrame, VISEMES } from '../../../../../src/render/warp/sheet/poses.ts';
import { DRAWN_FACES, drawFace } from '../../../../support/drawn-face.ts';
import { ourPortrait } from '../../../../support/portraits.ts';
import { openWarp, warpRig } from '../../support.ts';

const SLOW_MS = 180_000;
const SIZE = 512;

describe('analysis', () => {
  it('takes eyes and mouth of a drawing apart, which draw it at rest as it is', {
    timeout: SLOW_MS,
  }, async () => {
    const rig = await warpRig(await drawFace(DRAWN_FACES['large eyes, light skin']));
    expect(rig.drawn).toBe(true);
    expect(Object.keys(rig.drawing!.eyes)).toEqual(['left', 'right']);
    const avatar = (await openWarp()).prepare(rig, squareFormat(SIZE));
    const [rest, open, shut] = [{}, VISEMES.aa, { eyeBlinkLeft: 1, eyeBlinkRight: 1 }].map(poseFrame);
    const pictures: Uint8Array[] = [];
    for (const frame of [rest, open, shut]) {
      const picture = createI420(SIZE, SIZE);
      await avatar.draw(frame, picture);
      pictures.push(picture.data.subarray(0, SIZE * SIZE));
    }
    const changed = (i: number) =>
      pictures[i].filter((luma, k) => Math.abs(luma - pictures[0][k]) > 40).length;
    expect(changed(1)).toBeGreaterThan(200);
    expect(changed(2)).toBeGreaterThan(500);
    let off = 0;
    for (let i = 0; i < SIZE * SIZE; i++)
      off += Math.abs(pictures[0][i] - rig.person.y[i]) > 25 ? rig.matte[i] : 0;
    expect(off / 255 / SIZE ** 2).toBeLessThan(0.01);
  });

  it('leaves people to what people are drawn by', { timeout: SLOW_MS }, async () => {
    const rig = await warpRig(await ourPortrait('mei'));
    expect(rig.drawn).toBe(false);
    expect(rig.drawing).toBeUndefined();
  });
});
