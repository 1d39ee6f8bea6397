import { beforeAll, describe, expect, it } from 'vitest';
import { distance, headUp, height } from '../../../../src/face/landmarks.ts';
import {
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LOWER_LIP_MIDDLE,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
} from '../../../../src/face/topology.ts';
import { sealedDeltas } from '../../../../src/render/warp/analyse/mouth/sealed-lips.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { withOwn } from '../head/own-expression.ts';
import { warpRig } from '../support.ts';

const ownTeeth: Rig['ownTeeth'] = {
  origin: [0, 0],
  extent: 1,
  size: 1,
  texels: new Uint8Array(4),
  teeth: new Uint8Array(4),
};
let rig: Rig;
let width: number;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  width = distance(rig.rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
}, 90_000);

/** Of the lips in the picture, from near the right corner to near the left one, mouth widths. */
function gaps(pose: Pose, of = rig): number[] {
  const points = expressFace(of, poseFrame(pose));
  return INNER_UPPER_LIP.map(
    (upper, column) => (points[3 * INNER_LOWER_LIP[column] + 1] - points[3 * upper + 1]) / width,
  );
}

describe('the upper lip', () => {
  it('bares the edge of its teeth along all of a lower lip that they bite', () => {
    const [, ...middle] = gaps(VISEMES.FF).slice(0, -1);
    expect(Math.min(...middle)).toBeGreaterThan(0.025);
    expect(middle[3]).toBeGreaterThan(0.9 * Math.max(...middle));
  });

  it('stays shut for p, and over a lower lip that is only rolled in', () => {
    expect(Math.max(...gaps(VISEMES.PP))).toBeLessThan(0.015);
    expect(gaps({ mouthRollLower: 0.5 })[4]).toBeLessThan(0.015);
  });

  it('stays shut for f where the portrait does not show the lips', () => {
    const hidden = {
      ...rig,
      deltas: sealedDeltas(rig.deltas),
      limits: { ...rig.limits, lipsSeen: false },
    };
    expect(Math.max(...gaps(VISEMES.FF, hidden))).toBeLessThan(0.005);
  });

  it('rises no higher than where the portrait has it, if that shows its teeth', () => {
    const laugh: Pose = {
      mouthSmileLeft: 0.8,
      mouthSmileRight: 0.8,
      mouthUpperUpLeft: 0.5,
      mouthUpperUpRight: 0.5,
    };
    const smiling = withOwn(rig, { mouthSmileLeft: 0.4, mouthSmileRight: 0.4, jawOpen: 0.1 });
    const up = headUp(rig.axes);
    const rise = (of: Rig) =>
      (height(expressFace(of, poseFrame(laugh)), UPPER_LIP_MIDDLE, up) -
        height(smiling.portrait, UPPER_LIP_MIDDLE, up)) /
      width;
    expect(rise(smiling)).toBeGreaterThan(0.03);
    expect(rise({ ...smiling, ownTeeth })).toBeLessThan(0.015);
  });

  it("bares the edge of the portrait's own teeth, which is where its lower lip begins", () => {
    const smiling = withOwn(rig, { jawOpen: 0.12 });
    const up = headUp(rig.axes);
    const above = (of: Rig) =>
      (height(expressFace(of, poseFrame(VISEMES.FF)), LOWER_LIP_MIDDLE, up) -
        height(smiling.portrait, LOWER_LIP_MIDDLE, up)) /
      width;
    expect(above({ ...smiling, ownTeeth })).toBeLessThan(above(smiling) - 0.03);
    expect(above({ ...smiling, ownTeeth })).toBeGreaterThan(0);
  });
});
