import { beforeAll, describe, expect, it } from 'vitest';
import { distance } from '../../../../src/face/landmarks.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { lipAperture } from '../head/mouth-measures.ts';
import { warpRig } from '../support.ts';

let hidden: Rig;
let shown: Rig;
beforeAll(async () => {
  const rig = await warpRig(await ourPortrait());
  hidden = { ...rig, hiddenLips: 1 };
  shown = { ...rig, hiddenLips: 0 };
}, 90_000);

/** Height of both lips together, in mouth widths. */
function red(rig: Rig, pose: Pose): number {
  const points = landmarksAt(rig, poseFrame(pose));
  return (distance(points, 0, 13) + distance(points, 14, 17)) / distance(rig.rest, 61, 291);
}

describe('lips that hide their red', () => {
  it('roll it out where they part, the more the wider, but not without end', () => {
    const rolledOut = (jawOpen: number) => red(hidden, { jawOpen }) - red(shown, { jawOpen });
    expect(rolledOut(0.1)).toBeGreaterThan(0.02);
    expect(rolledOut(0.3)).toBeGreaterThan(rolledOut(0.1) + 0.02);
    expect(rolledOut(1)).toBeLessThan(0.35);
  });

  it('take the skin next to them along, so that nothing folds', () => {
    const columns = [
      [2, 164],
      [164, 0],
      [17, 18],
      [18, 200],
    ];
    for (const pose of [VISEMES.aa, VISEMES.oh, VISEMES.E, VISEMES.ou]) {
      const [rolled, flat] = [hidden, shown].map((rig) => landmarksAt(rig, poseFrame(pose)));
      const drop = (points: Float32Array, above: number, below: number) =>
        points[3 * below + 1] - points[3 * above + 1];
      for (const [above, below] of columns) {
        expect(drop(rolled, above, below)).toBeGreaterThan(0.4 * drop(flat, above, below));
      }
    }
  });

  it('are as far apart as any, and as well shut', () => {
    for (const pose of [VISEMES.aa, VISEMES.PP, {}]) {
      expect(lipAperture(hidden, poseFrame(pose))).toBeCloseTo(lipAperture(shown, poseFrame(pose)), 5);
    }
    expect(red(hidden, {})).toBeCloseTo(red(shown, {}), 3);
  });
});
