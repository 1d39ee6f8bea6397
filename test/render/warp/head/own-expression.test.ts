import { beforeAll, describe, expect, it } from 'vitest';
import { SKIN_POINTS } from '../../../../src/face/topology.ts';
import { landmarksAt } from '../../../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';
import { lipAperture, mouthWidth } from './mouth-measures.ts';
import { withOwn } from './own-expression.ts';

const SMILE: Pose = { mouthSmileLeft: 0.6, mouthSmileRight: 0.6, jawOpen: 0.25 };
let rig: Rig;
let smiling: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  smiling = withOwn(rig, SMILE);
}, 90_000);

const aperture = (of: Rig, pose: Pose) => lipAperture(of, poseFrame(pose));

describe('a portrait that smiles', () => {
  it('is itself at rest', () => {
    const rest = landmarksAt(smiling, poseFrame({}));
    for (let i = 0; i < 3 * SKIN_POINTS; i++) expect(rest[i]).toBeCloseTo(smiling.portrait[i], 5);
    expect(aperture(smiling, {})).toBeGreaterThan(0.08);
  });

  it('shuts its lips as far as any other where they are shut', () => {
    const shut: Pose[] = [VISEMES.PP, { jawOpen: 0.4, mouthClose: 0.4 }];
    for (const pose of shut) expect(aperture(smiling, pose)).toBeLessThan(0.02);
    expect(aperture(smiling, VISEMES.FF)).toBeCloseTo(aperture(rig, VISEMES.FF), 2);
  });

  it('frowns and rounds its lips without a smile', () => {
    for (const pose of [{ mouthFrownLeft: 0.5, mouthFrownRight: 0.5 }, { mouthPucker: 0.8 }]) {
      expect(aperture(smiling, pose)).toBeCloseTo(aperture(rig, pose), 5);
    }
  });

  it('opens its mouth with the jaw, little farther than another', () => {
    const steps = [0, 0.1, 0.2, 0.3, 0.5, 0.8].map((jawOpen) => ({ jawOpen }));
    const apertures = steps.map((pose) => aperture(smiling, pose));
    apertures.slice(1).forEach((value, i) => {
      expect(value).toBeGreaterThan(apertures[i]);
    });
    expect(apertures[5]).toBeLessThan(1.15 * aperture(rig, steps[5]));
  });

  it('smiles little more when told to', () => {
    const limits = { ...rig.limits, smile: 0.9 };
    const told = poseFrame({ mouthSmileLeft: 0.8, mouthSmileRight: 0.8 });
    const widens = (of: Rig) => mouthWidth(of, told) / mouthWidth(of, poseFrame({})) - 1;
    expect(widens({ ...rig, limits })).toBeLessThan(0.4 * widens(rig));
    expect(widens({ ...rig, limits })).toBeGreaterThan(0);
  });

  it('does not raise its upper lip twice', () => {
    const grin: Pose = { mouthUpperUpLeft: 0.6, mouthUpperUpRight: 0.6, jawOpen: 0.1 };
    const grinning = withOwn(rig, grin);
    const rise = (of: Rig, pose: Pose) => rig.rest[3 * 13 + 1] - landmarksAt(of, poseFrame(pose))[3 * 13 + 1];
    const raised: Pose = { mouthUpperUpLeft: 0.8, mouthUpperUpRight: 0.8 };
    expect(rise(grinning, raised)).toBeLessThan(1.6 * rise(grinning, {}));
    expect(rise(grinning, raised)).toBeGreaterThanOrEqual(rise(rig, raised));
  });

  it('does not go on laughing', () => {
    const laughing = withOwn(rig, { ...SMILE, jawOpen: 0.9 });
    expect(aperture(laughing, {})).toBeLessThan(0.4);
  });
});

it('leaves other portraits as they are', () => {
  for (const pose of [{}, VISEMES.aa, VISEMES.PP]) {
    expect(aperture(withOwn(rig, {}), pose)).toBeCloseTo(aperture(rig, pose), 2);
  }
});
