import { beforeAll, describe, expect, it } from 'vitest';
import { distance } from '../../../../src/face/landmarks.ts';
import { INNER_LOWER_LIP, INNER_UPPER_LIP } from '../../../../src/face/topology.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

/** How far lips are apart in a column, against their middle. */
function openness(pose: Pose, column: number): number {
  const points = landmarksAt(rig, poseFrame(pose));
  const gap = (i: number) => distance(points, INNER_UPPER_LIP[i], INNER_LOWER_LIP[i]);
  return gap(column) / gap(4);
}

describe('round lips', () => {
  it('are open in their middle and touch beside it', () => {
    for (const column of [0, 1, 7, 8]) expect(openness(VISEMES.ou, column)).toBeLessThan(0.16);
    for (const column of [3, 5]) expect(openness(VISEMES.ou, column)).toBeGreaterThan(0.75);
  });

  it('are told from wide ones', () => {
    for (const column of [0, 8]) expect(openness(VISEMES.aa, column)).toBeGreaterThan(0.3);
  });
});
