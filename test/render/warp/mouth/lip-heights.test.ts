import { beforeAll, describe, expect, it } from 'vitest';
import { distance } from '../../../../src/face/landmarks.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { withOwn } from '../head/own-expression.ts';
import { warpRig } from '../support.ts';

const PRESSED: Pose = { mouthPressLeft: 0.5, mouthPressRight: 0.5 };
let shut: Rig;
let smiling: Rig;
beforeAll(async () => {
  shut = await warpRig(await ourPortrait());
  smiling = withOwn(shut, { mouthSmileLeft: 0.7, mouthSmileRight: 0.7, jawOpen: 0.12 });
}, 90_000);

/** Heights of both lips in the middle against those at rest. */
function kept(rig: Rig, pose: Pose): [upper: number, lower: number] {
  const points = landmarksAt(rig, poseFrame(pose));
  const against = (outer: number, inner: number) =>
    distance(points, outer, inner) / distance(rig.rest, outer, inner);
  return [against(0, 13), against(17, 14)];
}

describe('lips that shut', () => {
  it('keep most of their height', () => {
    for (const height of kept(shut, PRESSED)) expect(height).toBeGreaterThan(0.8);
  });

  it('get back what a smile has taken from them', () => {
    const usual = kept(shut, PRESSED);
    kept(smiling, PRESSED).forEach((height, lip) => {
      expect(height).toBeGreaterThan(usual[lip] + 0.12);
    });
  });

  it('hide what is rolled in', () => {
    const [, rolled] = kept(shut, { mouthRollLower: 0.6 });
    expect(rolled).toBeLessThan(0.8);
  });
});
