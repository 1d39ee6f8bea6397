import { beforeAll, describe, expect, it } from 'vitest';
import { EYES, NOSE_TIP } from '../../../../src/face/topology.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { gazePose, type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';
import { lipAperture, mouthWidth } from './mouth-measures.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

const aperture = (pose: Pose) => lipAperture(rig, poseFrame(pose));
/** Movement of a landmark from rest, [x, y]. */
function moved(point: number, pose: Pose): [number, number] {
  const rest = landmarksAt(rig, poseFrame({}));
  const now = landmarksAt(rig, poseFrame(pose));
  return [now[3 * point] - rest[3 * point], now[3 * point + 1] - rest[3 * point + 1]];
}

describe('lips', () => {
  it('open more and more with the jaw', () => {
    const steps = [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1].map((jawOpen) => aperture({ jawOpen }));
    expect(steps[0]).toBeLessThan(0.01);
    steps.slice(1).forEach((value, i) => {
      expect(value).toBeGreaterThan(steps[i]);
    });
    expect(steps.at(-1)).toBeGreaterThan(0.5);
  });

  it('close over an open jaw, and are closed in p, b, m', () => {
    expect(aperture({ jawOpen: 0.4, mouthClose: 0.4 })).toBeLessThan(0.01);
    expect(aperture(VISEMES.PP)).toBeLessThan(0.02);
    expect(aperture(VISEMES.aa)).toBeGreaterThan(0.25);
  });

  it('never pass through each other', () => {
    // Less than a quarter of a pixel at 512.
    for (const pose of [{ mouthRollLower: 1 }, { mouthShrugLower: 1 }, { mouthClose: 1 }]) {
      const points = landmarksAt(rig, poseFrame(pose));
      expect(points[3 * 14 + 1] - points[3 * 13 + 1]).toBeGreaterThan(-5e-4);
    }
  });

  it('are measured without the head', () => {
    expect(aperture({ jawOpen: 0.5, headYaw: 0.3, distance: 0.3 })).toBeCloseTo(
      aperture({ jawOpen: 0.5 }),
      6,
    );
  });

  it('grow narrow when rounded, wide when spread', () => {
    const rest = mouthWidth(rig, poseFrame({}));
    expect(mouthWidth(rig, poseFrame({ mouthPucker: 1 }))).toBeLessThan(0.9 * rest);
    expect(mouthWidth(rig, poseFrame({ mouthSmileLeft: 1, mouthSmileRight: 1 }))).toBeGreaterThan(
      1.05 * rest,
    );
  });
});

/** From ear to ear. */
function widthOf(of: Rig, distance: number): number {
  const points = landmarksAt(of, poseFrame({ distance }));
  return points[3 * 454] - points[3 * 234];
}

describe('head', () => {
  it('turns to its own left, down, and tilts to its own right', () => {
    expect(moved(NOSE_TIP, { headYaw: 0.2 })[0]).toBeGreaterThan(0.01);
    expect(moved(NOSE_TIP, { headPitch: 0.2 })[1]).toBeGreaterThan(0.01);
    expect(moved(10, { headRoll: 0.2 })[0]).toBeLessThan(-0.01);
    expect(moved(NOSE_TIP, { headX: 0.1 })[0]).toBeCloseTo(0.1 * rig.faceHeight, 5);
    expect(moved(NOSE_TIP, { headY: 0.1 })[1]).toBeCloseTo(-0.1 * rig.faceHeight, 5);
  });

  it('grows when it comes nearer', () => {
    const width = (distance: number) => widthOf(rig, distance);
    expect(width(0.2) / width(0)).toBeCloseTo(Math.exp(0.2), 2);
    expect(width(-0.1)).toBeLessThan(width(0));
  });

  it('hardly goes back where that would show that the portrait cuts it off', () => {
    const cut = { ...rig, limits: { ...rig.limits, headCutOff: 0.8 } };
    expect(widthOf(cut, -0.3) / widthOf(cut, 0)).toBeGreaterThan(0.95);
    expect(widthOf(rig, -0.3) / widthOf(rig, 0)).toBeLessThan(0.85);
    expect(widthOf(cut, 0.2)).toBe(widthOf(rig, 0.2));
  });

  it('stays bounded whatever it is asked', () => {
    const wild = poseFrame({ headYaw: 9, headPitch: -9, headRoll: 9, distance: 9 });
    for (const value of landmarksAt(rig, wild)) expect(Math.abs(value)).toBeLessThan(3);
  });
});

describe('eyes', () => {
  it('look where they are told', () => {
    const { irisCentre } = EYES.left;
    expect(moved(irisCentre, gazePose(1, 0))[0]).toBeGreaterThan(0.002);
    expect(moved(irisCentre, gazePose(-1, 0))[0]).toBeLessThan(-0.002);
    expect(moved(irisCentre, gazePose(0, 1))[1]).toBeLessThan(-0.001);
  });
});
