import { describe, expect, it } from 'vitest';
import { EYES, LANDMARK_COUNT, SIDES } from '../../../../../src/face/topology.ts';
import { clamp, type Plane } from '../../../../../src/image/planes.ts';
import { fitEyeCorners } from '../../../../../src/render/warp/analyse/eyes/eye-corners.ts';

const SIZE = 512;
const SKIN = [160, 110, 152];
const WHITE = [210, 127, 129];
const IRIS = [70, 150, 118];
/** View fractions. */
const MESH_HALF_WIDTH = 0.06;
const HALF_HEIGHT = 0.04;
const MIDDLES = { left: 0.65, right: 0.35 };

/** Two eyes whose white reaches `half[side]` outwards and `inner` inwards from the iris; the mesh has them as wide as a person's. */
function face(
  half: { left: number; right: number },
  skin = SKIN,
  white = WHITE,
  inner: number = MESH_HALF_WIDTH,
  /** So much lower than the iris lie the corners. */
  lower = 0,
) {
  const landmarks = new Float32Array(3 * LANDMARK_COUNT);
  // All that is no eye lies on the skin.
  for (let i = 0; i < LANDMARK_COUNT; i++) landmarks.set([0.5, 0.8], 3 * i);
  for (const side of SIDES) {
    const { outerCorner, innerCorner, upperLid, lowerLid, irisCentre } = EYES[side];
    const [x, out] = [MIDDLES[side], side === 'left' ? 1 : -1];
    landmarks.set([x, 0.5], 3 * irisCentre);
    landmarks.set([x + out * MESH_HALF_WIDTH, 0.5], 3 * outerCorner);
    landmarks.set([x - out * MESH_HALF_WIDTH, 0.5], 3 * innerCorner);
    for (const [lid, sign] of [
      [upperLid, -1],
      [lowerLid, 1],
    ] as const) {
      lid.forEach((point, k) => {
        const t = (3 - k) / 4;
        const y = 0.5 + sign * HALF_HEIGHT * Math.sqrt(1 - t * t);
        landmarks.set([x + out * t * MESH_HALF_WIDTH, y], 3 * point);
      });
    }
  }
  const channels = [0, 1, 2].map((c) =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
      const [px, py] = [(i % SIZE) / SIZE, Math.floor(i / SIZE) / SIZE];
      for (const side of SIDES) {
        const dx = (px - MIDDLES[side]) * (side === 'left' ? 1 : -1);
        const width = dx > 0 ? half[side] : inner;
        if (Math.hypot(dx, py - 0.5) < 0.025) return IRIS[c];
        const slant = lower * clamp(dx / width, 0, 1);
        if (Math.hypot(dx / width, (py - 0.5 - slant) / HALF_HEIGHT) < 1) return white[c];
      }
      return skin[c];
    }),
  ) as [Plane, Plane, Plane];
  return { picture: { size: SIZE, channels }, landmarks };
}

const fitted = (...parameters: Parameters<typeof face>) => {
  const { picture, landmarks } = face(...parameters);
  return { result: fitEyeCorners(picture, landmarks), landmarks };
};

describe('fitEyeCorners', () => {
  it('moves outer corners to where the white of both eyes ends, and the lids with them', () => {
    const { result, landmarks } = fitted({ left: 0.085, right: 0.085 });
    for (const side of SIDES) {
      const { outerCorner, innerCorner, upperLid } = EYES[side];
      expect(Math.abs(Math.abs(result[3 * outerCorner] - MIDDLES[side]) - 0.085)).toBeLessThan(0.006);
      expect(result[3 * innerCorner]).toBe(landmarks[3 * innerCorner]);
      const lid = upperLid[1];
      expect(Math.abs(result[3 * lid] - MIDDLES[side])).toBeGreaterThan(
        1.2 * Math.abs(landmarks[3 * lid] - MIDDLES[side]),
      );
      expect(result[3 * lid + 1]).toBe(landmarks[3 * lid + 1]);
    }
  });

  it('moves inner corners too where both eyes are wider than the mesh has them, and only there', () => {
    const { result } = fitted({ left: 0.085, right: 0.085 }, SKIN, WHITE, 0.075);
    for (const side of SIDES) {
      const { innerCorner } = EYES[side];
      expect(Math.abs(Math.abs(result[3 * innerCorner] - MIDDLES[side]) - 0.075)).toBeLessThan(0.006);
    }
    const human = fitted({ left: MESH_HALF_WIDTH, right: MESH_HALF_WIDTH }, SKIN, WHITE, 0.075);
    expect(human.result).toBe(human.landmarks);
  });

  it('leaves eyes alone that are as wide as the mesh has them', () => {
    const { result, landmarks } = fitted({ left: MESH_HALF_WIDTH, right: MESH_HALF_WIDTH });
    expect(result).toBe(landmarks);
  });

  it('does not believe in one wide eye, nor in far too wide ones', () => {
    for (const half of [
      { left: 0.085, right: MESH_HALF_WIDTH },
      { left: 0.12, right: 0.12 },
    ]) {
      const { result, landmarks } = fitted(half);
      expect(result).toBe(landmarks);
    }
  });

  it('finds corners that lie lower than the iris, in both eyes alike', () => {
    const { result } = fitted({ left: 0.085, right: 0.085 }, SKIN, WHITE, MESH_HALF_WIDTH, 0.012);
    for (const side of SIDES) {
      const { outerCorner } = EYES[side];
      expect(Math.abs(Math.abs(result[3 * outerCorner] - MIDDLES[side]) - 0.085)).toBeLessThan(0.006);
      expect(Math.abs(result[3 * outerCorner + 1] - 0.512)).toBeLessThan(0.004);
    }
  });

  it('believes in eyes that are far too wide for a person where they are too tall as well', () => {
    const { picture, landmarks } = face({ left: 0.12, right: 0.12 });
    const result = fitEyeCorners(picture, landmarks, true);
    for (const side of SIDES) {
      const { outerCorner } = EYES[side];
      expect(Math.abs(Math.abs(result[3 * outerCorner] - MIDDLES[side]) - 0.12)).toBeLessThan(0.006);
    }
  });

  it('leaves grey pictures alone, where skin is as white as the eye', () => {
    const { result, landmarks } = fitted({ left: 0.085, right: 0.085 }, [160, 128, 128], [210, 128, 128]);
    expect(result).toBe(landmarks);
  });
});
