import { beforeAll, describe, expect, it } from 'vitest';
import { FACE_OVAL } from '../../../../src/face/topology.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { FoldShade } from '../../../../src/render/warp/folds/fold-shade.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import { HeadMesh } from '../../../../src/render/warp/head/head-mesh.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

const SIZE = 512;
const GREY = 126;
const SMILE = { mouthSmileLeft: 0.9, mouthSmileRight: 0.9, cheekSquintLeft: 0.5, cheekSquintRight: 0.5 };
/** On the fold beside the mouth. */
const BESIDE_MOUTH = { right: 216, left: 436 };

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

/** What a pose makes of an even grey. */
function shaded(of: Rig, pose: Parameters<typeof poseFrame>[0]) {
  const picture = createI420(SIZE, SIZE);
  picture.data.fill(GREY);
  const framing = new Framing({ width: SIZE, height: SIZE }, SIZE, 0, 0);
  const motion = poseFrame(pose);
  const mesh = new HeadMesh(of, framing);
  mesh.pose(expressFace(of, motion), headPose(of, motion, framing));
  new FoldShade(of, framing).draw(picture, motion, mesh.posed);
  const luma = (point: number) =>
    picture.data[
      Math.round(SIZE * mesh.posed[3 * point + 1] - 0.5) * SIZE +
        Math.round(SIZE * mesh.posed[3 * point] - 0.5)
    ];
  return { luma, plane: picture.data.subarray(0, SIZE * SIZE) };
}

describe('folds that deepen', () => {
  it('change nothing at rest, while a head turns or a mouth is pursed, nor on drawings', () => {
    for (const pose of [{}, { headYaw: 0.2 }, { mouthPucker: 0.8 }]) {
      expect(new Set(shaded(rig, pose).plane)).toEqual(new Set([GREY]));
    }
    expect(new Set(shaded({ ...rig, folds: undefined }, SMILE).plane)).toEqual(new Set([GREY]));
  });

  it('darken the skin beside a smile and beside a wide vowel, less', () => {
    const wide = { jawOpen: 0.3, mouthStretchLeft: 0.4, mouthStretchRight: 0.4 };
    for (const point of Object.values(BESIDE_MOUTH)) {
      expect(shaded(rig, SMILE).luma(point)).toBeLessThan(GREY - 6);
      expect(shaded(rig, wide).luma(point)).toBeLessThan(GREY - 1);
      expect(shaded(rig, wide).luma(point)).toBeGreaterThan(shaded(rig, SMILE).luma(point));
    }
  });

  it('do so on the side that smiles', () => {
    const { luma } = shaded(rig, { mouthSmileLeft: 0.9 });
    expect(luma(BESIDE_MOUTH.left)).toBeLessThan(GREY - 6);
    expect(luma(BESIDE_MOUTH.right)).toBe(GREY);
  });

  it('change neighbouring pixels by little, none by more than a quarter, and nothing at the borders of the face', () => {
    const { luma, plane } = shaded(rig, { ...SMILE, noseSneerLeft: 1, browInnerUp: 1, jawOpen: 0.5 });
    const steps = plane.map((value, i) => (i < SIZE ? 0 : Math.abs(value - plane[i - SIZE])));
    expect(steps.reduce((most, step) => Math.max(most, step))).toBeLessThan(8);
    expect(plane.every((value) => Math.abs(value - GREY) < 0.26 * (GREY - 16))).toBe(true);
    for (const point of FACE_OVAL) expect(Math.abs(luma(point) - GREY)).toBeLessThan(4);
  });
});
