import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHANNEL } from '../../../../src/contract/motion-frame.ts';
import { distance } from '../../../../src/face/landmarks.ts';
import { fitSimilarity, rotate } from '../../../../src/face/similarity.ts';
import { EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { type FaceBasis, readFaceBasis } from '../../../../src/render/warp/analyse/face-basis.ts';
import { fitFaceGeometry } from '../../../../src/render/warp/analyse/face-geometry.ts';

const BASIS = fileURLToPath(new URL('../../../../models/builtin/face-basis.bin', import.meta.url));
let basis: FaceBasis;
beforeAll(async () => {
  basis = await readFaceBasis(BASIS);
});

/** The canonical face with `pose` added, turned by `yaw` (to its left), as landmarks of a picture. */
function portraitOf(yaw = 0, pose: Partial<Record<keyof typeof CHANNEL, number>> = {}): Float32Array {
  const points = basis.rest.slice();
  for (const [name, weight] of Object.entries(pose)) {
    const offset = CHANNEL[name as keyof typeof CHANNEL] * points.length;
    for (let i = 0; i < points.length; i++) points[i] += weight * basis.deltas[offset + i];
  }
  const turn = [Math.cos(yaw), 0, Math.sin(yaw), 0, 1, 0, -Math.sin(yaw), 0, Math.cos(yaw)];
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = rotate(turn, points[i], points[i + 1], points[i + 2]);
    points.set([0.5 + 0.025 * x, 0.5 - 0.025 * y, 0.025 * z], i);
  }
  return points;
}

describe('fitSimilarity', () => {
  it('finds scale, rotation and shift', () => {
    const angle = 0.7;
    const r = [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0, 0, 0, 1];
    const source = Float32Array.from({ length: 30 }, (_, i) => Math.sin(7 * i));
    const target = new Float32Array(30);
    for (let i = 0; i < 30; i += 3) {
      const moved = rotate(r, source[i], source[i + 1], source[i + 2]);
      target.set([3 * moved[0] + 1, 3 * moved[1] - 2, 3 * moved[2] + 5], i);
    }
    const found = fitSimilarity(source, target, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(found.scale).toBeCloseTo(3, 4);
    found.rotation.forEach((value, i) => {
      expect(value).toBeCloseTo(r[i], 4);
    });
    found.shift.forEach((value, i) => {
      expect(value).toBeCloseTo([1, -2, 5][i], 4);
    });
  });
});

describe('fitFaceGeometry', () => {
  it('raises brows by less than a centimetre, and the chin by half of one with the lower lip', () => {
    const rise = (name: keyof typeof CHANNEL, point: number) =>
      basis.deltas[3 * (CHANNEL[name] * LANDMARK_COUNT + point) + 1];
    const brow = rise('browInnerUp', 105) + rise('browOuterUpRight', 105);
    expect(brow).toBeGreaterThan(0.4);
    expect(brow).toBeLessThan(1);
    expect(rise('mouthShrugLower', 152)).toBeLessThan(0.6);
  });

  it.each([-0.6, 0, 0.5])('measures a turn of %f rad', (yaw) => {
    const geometry = fitFaceGeometry(basis, portraitOf(yaw));
    expect(geometry.yaw).toBeCloseTo(yaw, 2);
    expect(geometry.pitch).toBeCloseTo(0, 2);
    expect(geometry.scale).toBeCloseTo(0.025, 4);
  });

  it('closes an open, smiling mouth', () => {
    const open = portraitOf(0, { jawOpen: 0.4, mouthSmileLeft: 0.8, mouthSmileRight: 0.8 });
    const { rest, ownAperture, ownSmile } = fitFaceGeometry(basis, open);
    expect(ownAperture).toBeGreaterThan(0.15);
    expect(ownSmile).toBeGreaterThan(0.3);
    INNER_UPPER_LIP.forEach((upper, i) => {
      expect(distance(rest, upper, INNER_LOWER_LIP[i])).toBeLessThan(1e-5);
    });
    expect(distance(rest, 61, 291)).toBeLessThan(distance(open, 61, 291));
  });

  it('shuts both eyes at full blink', () => {
    const { rest, deltas } = fitFaceGeometry(basis, portraitOf(0.2));
    for (const [side, channel] of [
      ['left', CHANNEL.eyeBlinkLeft],
      ['right', CHANNEL.eyeBlinkRight],
    ] as const) {
      const shut = rest.map((value, i) => value + deltas[channel * rest.length + i]);
      EYES[side].upperLid.forEach((upper, i) => {
        expect(distance(shut, upper, EYES[side].lowerLid[i])).toBeLessThan(1e-5);
      });
    }
  });

  it('lets a lid roll out from under its crease, which stays above it', () => {
    const { deltas } = fitFaceGeometry(basis, portraitOf(0));
    const drop = (i: number) => deltas[3 * (CHANNEL.eyeBlinkLeft * LANDMARK_COUNT + i) + 1];
    const { upperLid, crease } = EYES.left;
    for (const k of [2, 3, 4]) expect(drop(crease[k])).toBeLessThan(0.4 * drop(upperLid[k]));
  });

  it('refuses a basis that is not there', async () => {
    await expect(readFaceBasis('/nowhere')).rejects.toMatchObject({ code: 'pack_invalid' });
  });
});
