import { describe, expect, it } from 'vitest';
import { BELOW_LOWER_LIP, LANDMARK_COUNT, LOWER_LIP_RINGS } from '../../../../src/face/topology.ts';
import { keepSkinBelowLip } from '../../../../src/render/warp/mouth/skin-below-lip.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';

const UP = [0, -1, 0];
/** Rings of a lower lip from the outer edge inwards, and the skin below; view fractions from the mouth. */
const RINGS = [0.04, 0.03, 0.02, 0.01];
const SKIN = 0.06;

/** `lowered`: how far the lip's outer edge has come down. */
function face(lowered: number): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  BELOW_LOWER_LIP.forEach((below, column) => {
    points[3 * below + 1] = SKIN;
    LOWER_LIP_RINGS.forEach((ring, k) => {
      points[3 * ring[column] + 1] = RINGS[k] + (k === 0 ? lowered : 0);
    });
  });
  return points;
}

const rig = { portrait: face(0) } as Rig;

describe('the skin below a lower lip', () => {
  it.each([0.015, 0.03])('stays in sight below a lip that comes down over it by %f', (lowered) => {
    const points = face(lowered);
    keepSkinBelowLip(rig, points, UP);
    LOWER_LIP_RINGS[0].forEach((edge, column) => {
      const skin = points[3 * BELOW_LOWER_LIP[column] + 1] - points[3 * edge + 1];
      expect(skin).toBeCloseTo(0.4 * (SKIN - RINGS[0]), 5);
    });
    LOWER_LIP_RINGS[3].forEach((rim) => {
      expect(points[3 * rim + 1]).toBeCloseTo(RINGS[3], 6);
    });
  });

  it('is left alone where it is not squeezed', () => {
    const points = face(0.01);
    keepSkinBelowLip(rig, points, UP);
    expect(points).toEqual(face(0.01));
  });
});
