import { describe, expect, it } from 'vitest';
import {
  meanWithin,
  psnr,
  regionMasks,
  similarityMap,
  squaredError,
  toI420,
} from '../../bench/ground-truth/picture-measures.ts';
import { plainWarp } from '../../bench/ground-truth/plain-warp.ts';
import {
  FRAME_SIDE,
  HELD_OUT_HEADS,
  headNames,
  MEASURED_HEADS,
  readHead,
} from '../../bench/ground-truth/true-heads.ts';
import { CHANNEL } from '../../src/contract/motion-frame.ts';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { EYES, NOSE_TIP } from '../../src/face/topology.ts';
import { readImageFile } from '../../src/image/image-file.ts';

const head = await readHead(MEASURED_HEADS, (await headNames(MEASURED_HEADS))[0]);
const rest = await readImageFile(head.rest, FRAME_SIDE);

describe('heads drawn in 3-D', () => {
  it('have pictures, mattes and landmarks that belong together', async () => {
    expect(await headNames(MEASURED_HEADS)).toHaveLength(6);
    expect(await headNames(HELD_OUT_HEADS)).toHaveLength(3);
    expect(head.frames.length).toBeGreaterThan(15);
    const { motion, picture, matte } = head.frames[0];
    expect(motion).toHaveLength(58);
    expect(await picture()).toMatchObject({ width: FRAME_SIDE, height: FRAME_SIDE });
    const middle = matte[64 * 128 + 64];
    expect([middle, matte[0]]).toEqual([255, 0]);
  });

  it('turn as the motion frame says: +yaw moves the nose to the right, +pitch down', () => {
    const nose = (points: Float32Array) => [points[2 * NOSE_TIP], points[2 * NOSE_TIP + 1]];
    const [x, y] = nose(head.restLandmarks);
    for (const { motion, landmarks } of head.frames) {
      const [dx, dy] = [nose(landmarks)[0] - x, nose(landmarks)[1] - y];
      if (Math.abs(motion[CHANNEL.headYaw]) > 0.2) expect(dx * motion[CHANNEL.headYaw]).toBeGreaterThan(0);
      if (Math.abs(motion[CHANNEL.headPitch]) > 0.15)
        expect(dy * motion[CHANNEL.headPitch]).toBeGreaterThan(0);
    }
  });

  it('look where the frame says', () => {
    const [gaze] = head.frames.filter(
      ({ kind, motion }) => kind === 'gaze' && motion[CHANNEL.eyeLookOutLeft] > 0,
    );
    const iris = 2 * EYES.left.irisCentre;
    expect(gaze.landmarks[iris]).toBeGreaterThan(head.restLandmarks[iris] + 0.003);
  });
});

describe('plain warp', () => {
  const at = (points: Float32Array) => ({ points, stride: 2 });

  it('leaves the picture as it is where nothing moves', () => {
    const same = plainWarp(rest, at(head.restLandmarks), at(head.restLandmarks));
    const masks = regionMasks(head.frames[0], FRAME_SIDE);
    expect(psnr(squaredError(toI420(same), toI420(rest), masks.whole))).toBeGreaterThan(50);
  });

  it('comes nearer to the truth than the picture at rest', async () => {
    const turned = head.frames.find(({ kind }) => kind === 'turn')!;
    const truth = toI420(await turned.picture());
    const masks = regionMasks(turned, FRAME_SIDE);
    const warped = plainWarp(rest, at(head.restLandmarks), at(turned.landmarks));
    const error = (picture: RgbPicture) => psnr(squaredError(toI420(picture), truth, masks.eyes));
    expect(error(warped)).toBeGreaterThan(error(rest) + 1);
  });
});

describe('picture measures', () => {
  const masks = regionMasks(head.frames[0], FRAME_SIDE);

  it('are perfect for the same picture and fall with noise', () => {
    const picture = toI420(rest);
    expect(meanWithin(similarityMap(picture, picture), masks.whole)).toBeCloseTo(1, 5);
    const noisy = { ...picture, data: picture.data.map((value, i) => value + (i % 2 ? 4 : -4)) };
    expect(psnr(squaredError(noisy, picture, masks.face))).toBeCloseTo(20 * Math.log10(255 / 4), 1);
    expect(meanWithin(similarityMap(noisy, picture), masks.face)).toBeLessThan(0.95);
  });

  it('look at regions that are where they are called', () => {
    const count = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);
    expect(count(masks.whole)).toBe(FRAME_SIDE ** 2);
    for (const region of ['mouth', 'eyes', 'edge'] as const) {
      expect(count(masks[region])).toBeGreaterThan(1000);
      expect(count(masks[region])).toBeLessThan(count(masks.whole) / 4);
    }
  });
});
