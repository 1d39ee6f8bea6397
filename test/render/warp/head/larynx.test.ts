import { beforeAll, describe, expect, it } from 'vitest';
import { CHIN, FACE_OVAL, SKIN_POINTS } from '../../../../src/face/topology.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import { HeadMesh } from '../../../../src/render/warp/head/head-mesh.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import { larynxRise } from '../../../../src/render/warp/head/larynx.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait('noor'));
}, 90_000);

/** How far up each vertex goes with a larynx that is up by `rise`, in face heights. */
function lifted(bareThroat: number, rise: number): number[] {
  const mesh = new HeadMesh({ ...rig, bareThroat });
  const rest = poseFrame({});
  const [expressed, pose] = [expressFace(rig, rest), headPose(rig, rest)];
  mesh.pose(expressed, pose);
  const before = mesh.posed.slice();
  mesh.pose(expressed, pose, 0, rise);
  return Array.from({ length: before.length / 3 }, (_, i) => {
    return (before[3 * i + 1] - mesh.posed[3 * i + 1]) / rig.faceHeight;
  });
}

describe('a larynx', () => {
  it('is at rest with the face, down in open and rounded vowels, up in spread ones', () => {
    expect(larynxRise(poseFrame({}))).toBeCloseTo(0, 6);
    expect(larynxRise(poseFrame({ jawOpen: 0.5 }))).toBeLessThan(-0.4);
    expect(larynxRise(poseFrame({ mouthPucker: 0.7, jawOpen: 0.05 }))).toBeLessThan(-0.4);
    expect(larynxRise(poseFrame({ mouthStretchLeft: 0.4, mouthStretchRight: 0.4 }))).toBeGreaterThan(0.2);
    expect(larynxRise(poseFrame({ jawOpen: 1, mouthFunnel: 1 }))).toBe(-1);
  });

  it('takes the skin of the throat along, by no more than 1.5 % of the face, and nothing else', () => {
    const lifts = lifted(1, 1);
    const { source } = new HeadMesh(rig);
    expect(Math.max(...lifts)).toBeGreaterThan(0.006);
    expect(Math.max(...lifts)).toBeLessThan(0.015);
    lifts.forEach((lift, i) => {
      const inFace = i < SKIN_POINTS;
      const aside = Math.abs(rig.portrait[3 * CHIN] - source[2 * i]) / rig.faceHeight;
      if (inFace || aside > 0.5) expect(Math.abs(lift)).toBeLessThan(1e-3);
    });
    const chin = FACE_OVAL.indexOf(CHIN);
    expect(Math.min(...lifted(1, -1))).toBeCloseTo(-Math.max(...lifts), 4);
    expect(lifts[SKIN_POINTS + chin]).toBeLessThan(0.2 * Math.max(...lifts));
  });

  it('moves nothing of a throat that is covered', () => {
    expect(lifted(0, 1).every((lift) => lift === 0)).toBe(true);
  });
});
