import { expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Rig } from '../../src/avatar/rig.ts';
import { expressFace } from '../../src/render/face-motion.ts';
import { HeadMesh } from '../../src/render/head-mesh.ts';
import { headPose } from '../../src/render/head-pose.ts';
import { poseFrame } from '../../src/render/poses.ts';
import { galleryPortrait } from '../avatar/support.ts';

/** How far the body comes in from the picture's sides when it goes back, view fractions. */
function comesIn(rig: Rig): number {
  const mesh = new HeadMesh(rig);
  const back = poseFrame({ distance: -0.3 });
  mesh.pose(expressFace(rig, back), headPose(rig, back));
  let farthest = 0;
  for (let i = 0; i < mesh.source.length / 2; i++) {
    const [x, y] = [mesh.source[2 * i], mesh.source[2 * i + 1]];
    if (y < 0.9 || (x > 0 && x < 1)) continue;
    farthest = Math.max(farthest, x > 0.5 ? 1 - mesh.posed[3 * i] : mesh.posed[3 * i]);
  }
  return farthest;
}

it('keeps a body that the sides of the picture cut off at these sides, and no other', async () => {
  const factory = await AvatarFactory.create();
  const rig = await factory.buildRig(await galleryPortrait());
  await factory.close();
  const { size } = rig;
  const withSides = (value: number) => {
    const matte = rig.matte.map((own, i) => (i % size === 0 || i % size === size - 1 ? value : own));
    return { ...rig, matte };
  };
  expect(comesIn(withSides(255))).toBeLessThan(0.005);
  expect(comesIn(withSides(0))).toBeGreaterThan(0.02);
}, 90_000);
