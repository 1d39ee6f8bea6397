import { describe, expect, it } from 'vitest';
import { inOurTerms } from '../../bench/ground-truth/common-terms.ts';
import { haarSimilarity, responsesOf } from '../../bench/ground-truth/haar-similarity.ts';
import {
  meanWithin,
  psnr,
  similarityMap,
  squaredError,
  toI420,
} from '../../bench/ground-truth/picture-measures.ts';
import { plainWarp } from '../../bench/ground-truth/plain-warp.ts';
import { regionMasks } from '../../bench/ground-truth/regions.ts';
import {
  FRAME_SIDE,
  MEASURED_PEOPLE,
  personNames,
  readPerson,
} from '../../bench/ground-truth/true-people.ts';
import { CHANNEL } from '../../src/contract/motion-frame.ts';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import {
  CHIN,
  EYES,
  FOREHEAD,
  LOWER_LIP_MIDDLE,
  NOSE_TIP,
  UPPER_LIP_MIDDLE,
} from '../../src/face/topology.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { boxBlur } from '../../src/image/planes.ts';
import { landmarksAt } from '../../src/render/warp/head/landmarks.ts';
import { warpRig } from '../render/warp/support.ts';

const person = await readPerson(MEASURED_PEOPLE, (await personNames(MEASURED_PEOPLE))[0]);
const rest = await readImageFile(person.rest, FRAME_SIDE);
const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

describe('measured people', () => {
  it('have pictures, mattes and landmarks that belong together', async () => {
    expect(person.frames.length).toBeGreaterThanOrEqual(16);
    const { motion, picture, matte } = person.frames[0];
    expect(motion).toHaveLength(58);
    expect(await picture()).toMatchObject({ width: FRAME_SIDE, height: FRAME_SIDE });
    const middle = matte[64 * 128 + 64];
    expect([middle, matte[0]]).toEqual([255, 0]);
  });

  it('have a face that takes most of the head, from its top in the matte to the chin', () => {
    const { matte } = person.frames.find(({ kind }) => kind === 'lids')!;
    const top = matte.findIndex((value) => value > 127) / 128 / 128;
    const [forehead, chin] = [FOREHEAD, CHIN].map((point) => person.restLandmarks[2 * point + 1]);
    expect((chin - forehead) / (chin - top)).toBeGreaterThan(0.5);
    expect((chin - forehead) / (chin - top)).toBeLessThan(0.8);
  });

  it('turn as the motion frame says: +yaw moves the nose to the right, +pitch down', () => {
    const nose = (points: Float32Array) => [points[2 * NOSE_TIP], points[2 * NOSE_TIP + 1]];
    const [x, y] = nose(person.restLandmarks);
    const turned = person.frames.filter(({ kind }) => kind === 'turn');
    expect(turned).toHaveLength(3);
    for (const { motion, landmarks } of turned) {
      const [dx, dy] = [nose(landmarks)[0] - x, nose(landmarks)[1] - y];
      if (motion[CHANNEL.headYaw]) expect(dx * motion[CHANNEL.headYaw]).toBeGreaterThan(0.001);
      if (motion[CHANNEL.headPitch]) expect(dy * motion[CHANNEL.headPitch]).toBeGreaterThan(0.001);
    }
  });

  it('open their lips, shut their lids and look where the frame says', () => {
    const gap = (points: Float32Array, a: number, b: number) =>
      Math.hypot(points[2 * a] - points[2 * b], points[2 * a + 1] - points[2 * b + 1]);
    const lips = (points: Float32Array) => gap(points, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE);
    const { upperLid, lowerLid, irisCentre } = EYES.left;
    const lids = (points: Float32Array) => gap(points, upperLid[3], lowerLid[3]);
    const [open] = person.frames.filter(({ motion }) => motion[CHANNEL.jawOpen] > 0.4);
    const [shut] = person.frames.filter(({ motion }) => motion[CHANNEL.eyeBlinkLeft] === 1);
    const [aside] = person.frames.filter(({ motion }) => motion[CHANNEL.eyeLookOutLeft] > 0.5);
    expect(lips(open.landmarks)).toBeGreaterThan(5 * lips(person.restLandmarks));
    expect(lids(shut.landmarks)).toBeLessThan(0.3 * lids(person.restLandmarks));
    expect(aside.landmarks[2 * irisCentre]).toBeGreaterThan(person.restLandmarks[2 * irisCentre] + 0.003);
  });
});

describe('motion in our terms', () => {
  it('takes a turned head to where it truly is, and leaves the turn', async () => {
    const rig = await warpRig(person.rest);
    for (const frame of person.frames.filter(({ kind }) => kind === 'turn')) {
      const motion = inOurTerms(rig, person, frame);
      const ours = landmarksAt(rig, motion);
      for (const axis of [0, 1]) {
        let missing = 0;
        for (let k = axis; k < frame.landmarks.length; k += 2) {
          const place = 3 * Math.floor(k / 2) + axis;
          missing += ours[place] - rig.portrait[place] - (frame.landmarks[k] - person.restLandmarks[k]);
        }
        expect(Math.abs(missing / (frame.landmarks.length / 2))).toBeLessThan(1e-4);
      }
      expect(Math.hypot(motion[CHANNEL.headX], motion[CHANNEL.headY])).toBeGreaterThan(0.005);
      expect(motion[CHANNEL.headYaw]).toBe(frame.motion[CHANNEL.headYaw]);
      expect(motion[CHANNEL.headPitch]).toBe(frame.motion[CHANNEL.headPitch]);
    }
    const [gaze] = person.frames.filter(({ kind }) => kind === 'gaze');
    expect(inOurTerms(rig, person, gaze)[CHANNEL.eyeLookOutLeft]).toBeCloseTo(0.35, 5);
    const [lips] = person.frames.filter(({ kind }) => kind === 'mouth');
    expect(inOurTerms(rig, person, lips)).toEqual(lips.motion);
  }, 90_000);
});

describe('plain warp', () => {
  const at = (points: Float32Array) => ({ points, stride: 2 });

  it('leaves the picture as it is where nothing moves', () => {
    const same = plainWarp(rest, at(person.restLandmarks), at(person.restLandmarks));
    const masks = regionMasks(person.frames[0], FRAME_SIDE);
    expect(psnr(squaredError(toI420(same), toI420(rest), masks.face))).toBeGreaterThan(50);
  });

  it('comes nearer to the truth than the picture at rest', async () => {
    const turned = person.frames.find(({ kind }) => kind === 'turn')!;
    const truth = toI420(await turned.picture());
    const masks = regionMasks(turned, FRAME_SIDE);
    const warped = plainWarp(rest, at(person.restLandmarks), at(turned.landmarks));
    const error = (picture: RgbPicture) => psnr(squaredError(toI420(picture), truth, masks.lids));
    expect(error(warped)).toBeGreaterThan(error(rest) + 1);
  });
});

describe('picture measures', () => {
  const masks = regionMasks(person.frames[0], FRAME_SIDE);
  const picture = toI420(rest);

  it('are perfect for the same picture and fall with noise', () => {
    const likeness = (other: typeof picture) =>
      haarSimilarity(responsesOf(other), responsesOf(picture), masks.face);
    expect(meanWithin(similarityMap(picture, picture), masks.face)).toBeCloseTo(1, 5);
    expect(likeness(picture)).toBeCloseTo(1, 5);
    const noisy = { ...picture, data: picture.data.map((value, i) => value + (i % 2 ? 4 : -4)) };
    expect(psnr(squaredError(noisy, picture, masks.face))).toBeCloseTo(20 * Math.log10(255 / 4), 1);
    expect(meanWithin(similarityMap(noisy, picture), masks.face)).toBeLessThan(0.95);
    expect(likeness(noisy)).toBeLessThan(0.95);
  });

  it('HaarPSI sees blur where PSNR sees less than in a shift of brightness', () => {
    const luma = picture.width * picture.height;
    const blurred = { ...picture, data: picture.data.slice() };
    blurred.data.set(
      boxBlur(new Float32Array(picture.data.subarray(0, luma)), picture.width, picture.height, 1).map(
        Math.round,
      ),
    );
    const brighter = { ...picture, data: picture.data.map((value, i) => (i < luma ? value + 12 : value)) };
    const error = (other: typeof picture) => psnr(squaredError(other, picture, masks.mouth));
    const likeness = (other: typeof picture) =>
      haarSimilarity(responsesOf(other), responsesOf(picture), masks.mouth);
    expect(error(blurred)).toBeGreaterThan(error(brighter) + 3);
    expect(likeness(blurred)).toBeLessThan(likeness(brighter) - 0.02);
  });

  it('look at parts that are where they are called', () => {
    for (const part of ['mouth', 'lips', 'lids', 'cheeks', 'brows', 'hair'] as const) {
      expect(area(masks[part])).toBeGreaterThan(300);
      expect(area(masks[part])).toBeLessThan(FRAME_SIDE ** 2 / 4);
    }
    const within = (part: 'lips' | 'cheeks', other: 'mouth' | 'lids' | 'face') =>
      area(masks[part].map((value, i) => value & masks[other][i])) / area(masks[part]);
    expect(within('lips', 'mouth')).toBeGreaterThan(0.95);
    expect(within('cheeks', 'face')).toBeGreaterThan(0.95);
    expect(within('cheeks', 'lids')).toBeLessThan(0.1);
  });
});
