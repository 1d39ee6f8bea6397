import { beforeAll, describe, expect, it } from 'vitest';
import { MOTION_SIZE } from '../../../../src/contract/motion-frame.ts';
import { FACE_OVAL, NOSE_TIP } from '../../../../src/face/topology.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import { HeadMesh } from '../../../../src/render/warp/head/head-mesh.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { skinNormals } from '../../../../src/render/warp/shade/normals.ts';
import { SkinShade } from '../../../../src/render/warp/shade/skin-shade.ts';
import { poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

const SIZE = 512;
const GREY = 126;
const SMILE = { mouthSmileLeft: 0.9, mouthSmileRight: 0.9, cheekSquintLeft: 0.5, cheekSquintRight: 0.5 };

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

/** What a pose's shade makes of an even grey. */
function shaded(of: Rig, pose: Parameters<typeof poseFrame>[0]) {
  const picture = createI420(SIZE, SIZE);
  picture.data.fill(GREY);
  const framing = new Framing({ width: SIZE, height: SIZE }, SIZE, 0, 0);
  const motion = poseFrame(pose);
  expect(motion).toHaveLength(MOTION_SIZE);
  const expressed = expressFace(of, motion);
  const mesh = new HeadMesh(of, framing);
  mesh.pose(expressed, headPose(of, motion, framing));
  new SkinShade(of, framing).draw(picture, motion, expressed, mesh.posed);
  const luma = (point: number) =>
    picture.data[
      Math.round(SIZE * mesh.posed[3 * point + 1] - 0.5) * SIZE +
        Math.round(SIZE * mesh.posed[3 * point] - 0.5)
    ];
  return { luma, plane: picture.data.subarray(0, SIZE * SIZE), posed: mesh.posed };
}

const lit = (...skinLight: Rig['skinLight']): Rig => ({ ...rig, skinLight });

describe('shade of skin that moves', () => {
  it('changes nothing at rest or without light', () => {
    expect(new Set(shaded(lit(0.4, -0.2, 0.3), {}).plane)).toEqual(new Set([GREY]));
    expect(new Set(shaded(lit(0, 0, 0), { ...SMILE, jawOpen: 0.7 }).plane)).toEqual(new Set([GREY]));
  });

  it('darkens skin that turns from the light, and lights what turns to it', () => {
    const below = shaded(lit(0, -0.5, 0), { jawOpen: 0.8 });
    const normals = (pose: Parameters<typeof poseFrame>[0]) => skinNormals(expressFace(rig, poseFrame(pose)));
    const [rest, open] = [normals({}), normals({ jawOpen: 0.8 })];
    let told = 0;
    for (const point of [17, 18, 200, 199, 182, 406, 194, 418, 204, 424]) {
      const turned = open[3 * point + 1] - rest[3 * point + 1];
      const change = below.luma(point) - GREY;
      if (Math.abs(turned) < 0.1 || change === 0) continue;
      told++;
      expect(Math.sign(change)).toBe(-Math.sign(turned));
    }
    expect(told).toBeGreaterThan(1);
  });

  it('changes neighbouring pixels by little more than a level, and nothing at the borders of the face', () => {
    const { luma, plane } = shaded(lit(0.5, -0.4, 0.3), { ...SMILE, jawOpen: 0.5 });
    expect(new Set(plane).size).toBeGreaterThan(3);
    const steps = plane.map((value, i) => (i < SIZE ? 0 : Math.abs(value - plane[i - SIZE])));
    expect(steps.reduce((most, step) => Math.max(most, step))).toBeLessThan(4);
    for (const point of [...FACE_OVAL, NOSE_TIP]) expect(luma(point)).toBe(GREY);
  });

  it('leaves the skin around pushed out lips alone', () => {
    const pose = { mouthPucker: 0.7, mouthFunnel: 0.3 };
    expect(new Set(shaded(lit(0.5, -0.4, 0.3), pose).plane)).toEqual(new Set([GREY]));
  });
});
