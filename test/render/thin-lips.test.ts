import { beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { distance } from '../../src/avatar/face-geometry.ts';
import { LOWER_LIP_RINGS, UPPER_LIP_RINGS } from '../../src/avatar/face-topology.ts';
import type { Rig } from '../../src/avatar/rig.ts';
import { landmarksAt, lipAperture } from '../../src/render/landmarks.ts';
import { type Pose, poseFrame, VISEMES } from '../../src/render/poses.ts';
import { galleryPortrait } from '../avatar/support.ts';

/** The same face with lips of `share` times their height: each ring nearer to the rims. */
function withLips(rig: Rig, share: number): Rig {
  const rest = rig.rest.slice();
  for (const rings of [UPPER_LIP_RINGS, LOWER_LIP_RINGS]) {
    for (const ring of rings.slice(0, 3)) {
      ring.forEach((point, i) => {
        for (let axis = 0; axis < 3; axis++) {
          const rim = rig.rest[3 * rings[3][i] + axis];
          rest[3 * point + axis] = rim + share * (rig.rest[3 * point + axis] - rim);
        }
      });
    }
  }
  return { ...rig, rest, portrait: rest };
}

let thin: Rig;
let full: Rig;
beforeAll(async () => {
  const factory = await AvatarFactory.create();
  const rig = await factory.buildRig(await galleryPortrait());
  thin = withLips(rig, 0.7);
  full = withLips(rig, 1.4);
  await factory.close();
}, 90_000);

/** Height of both lips together against that at rest. */
function red(rig: Rig, pose: Pose): number {
  const height = (points: Float32Array) => distance(points, 0, 13) + distance(points, 14, 17);
  return height(landmarksAt(rig, poseFrame(pose))) / height(rig.rest);
}

describe('lips that part', () => {
  it('show more red where they are thin, the more the wider', () => {
    expect(red(thin, { jawOpen: 0.15 })).toBeGreaterThan(red(full, { jawOpen: 0.15 }) + 0.1);
    expect(red(thin, { jawOpen: 0.3 })).toBeGreaterThan(red(thin, { jawOpen: 0.15 }) + 0.1);
  });

  it('are as far apart as any, and as well shut', () => {
    expect(lipAperture(thin, poseFrame(VISEMES.aa))).toBeCloseTo(lipAperture(full, poseFrame(VISEMES.aa)), 2);
    expect(lipAperture(thin, poseFrame(VISEMES.PP))).toBeLessThan(0.02);
    expect(red(thin, {})).toBeCloseTo(1, 2);
  });
});
