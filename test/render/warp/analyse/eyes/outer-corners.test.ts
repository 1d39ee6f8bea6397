import { describe, expect, it } from 'vitest';
import { EYES, LANDMARK_COUNT } from '../../../../../src/face/topology.ts';
import { fitOuterCorners } from '../../../../../src/render/warp/analyse/eyes/outer-corners.ts';

const WIDTH = 0.2;
/** Middle between the eyes, and from there to the inner corners. */
const [MIDDLE, INNER] = [0.5, 0.08];

/** Eyes of which the mesh has so much, from the inner corners, and that look to the left of the picture by `gaze`. */
function eyes(found: number, gaze = 0) {
  const landmarks = new Float32Array(LANDMARK_COUNT * 3);
  const irises = { left: [0, 0.4] as [number, number], right: [0, 0.4] as [number, number] };
  for (const [side, sign] of [
    ['left', 1],
    ['right', -1],
  ] as const) {
    const { outerCorner, innerCorner, upperLid, lowerLid, crease } = EYES[side];
    const put = (i: number, share: number, y: number) =>
      landmarks.set([MIDDLE + sign * (INNER + share * found * WIDTH), 0.4 + y, 0], 3 * i);
    put(outerCorner, 1, 0);
    put(innerCorner, 0, 0);
    for (const [row, y] of [
      [upperLid, -0.02],
      [lowerLid, 0.02],
      [crease, -0.04],
    ] as const) {
      row.forEach((i, k) => {
        put(i, 1 - (k + 1) / 8, y);
      });
    }
    irises[side][0] = MIDDLE + sign * (INNER + 0.5 * WIDTH) - gaze * WIDTH;
  }
  return { landmarks, irises };
}

const outerOf = (landmarks: Float32Array, side: 'left' | 'right') =>
  (Math.abs(landmarks[3 * EYES[side].outerCorner] - MIDDLE) - INNER) / WIDTH;

describe('fitOuterCorners', () => {
  it.each([0, 0.08])('finds the corners of eyes that are cut short, wherever they look (%f)', (gaze) => {
    const { landmarks, irises } = eyes(0.82, gaze);
    const fitted = fitOuterCorners(landmarks, irises);
    for (const side of ['left', 'right'] as const) {
      expect(outerOf(fitted, side)).toBeGreaterThan(0.9);
      expect(outerOf(fitted, side)).toBeLessThan(1.02);
      const { innerCorner, upperLid } = EYES[side];
      expect(fitted[3 * innerCorner]).toBe(landmarks[3 * innerCorner]);
      // Lids go along on the outer half and stay on the inner one.
      expect(fitted[3 * upperLid[0]]).not.toBe(landmarks[3 * upperLid[0]]);
      expect(fitted[3 * upperLid[6]]).toBe(landmarks[3 * upperLid[6]]);
      expect(fitted[3 * upperLid[0] + 1]).toBe(landmarks[3 * upperLid[0] + 1]);
    }
  });

  it('changes nothing where the mesh has them, or where the irises cannot be right', () => {
    for (const [found, gaze] of [
      [1, 0],
      [1, 0.15],
      [0.82, 0.25],
      [0.5, 0],
    ]) {
      const { landmarks, irises } = eyes(found, gaze);
      expect(fitOuterCorners(landmarks, irises)).toBe(landmarks);
    }
  });
});
