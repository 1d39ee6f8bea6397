/** A face's landmarks as a head that has turned, and a face that has moved in it. */
import type { FaceBasis } from '../../../src/face/face-basis.ts';
import { fitSimilarity } from '../../../src/face/similarity.ts';

/** Points that no expression moves much: forehead, bridge and tip of the nose, corners of the eyes, before the ears. */
const STILL = [
  ...[10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 33, 133, 362, 263, 234, 454, 127, 356, 93, 323],
  ...[21, 251, 54, 284, 103, 332, 67, 297, 109, 338],
];

export interface FacePose {
  /** Radians, as in motion-frame.ts. */
  yaw: number;
  pitch: number;
  roll: number;
  /** `[478·3]`: the face turned back to the front, centimetres of the canonical face, y up. */
  points: Float64Array;
}

/** `landmarks [478·3]`: pixels, y down, z towards the viewer. */
export function poseOf(basis: FaceBasis, landmarks: Float64Array): FacePose {
  const upright = landmarks.map((value, i) => (i % 3 === 1 ? -value : value));
  const { scale, rotation: r, shift } = fitSimilarity(basis.rest, upright, STILL);
  const points = new Float64Array(upright.length);
  for (let i = 0; i < points.length; i += 3) {
    const from = [0, 1, 2].map((axis) => (upright[i + axis] - shift[axis]) / scale);
    // The transpose of a rotation turns back.
    for (let axis = 0; axis < 3; axis++)
      points[i + axis] = r[axis] * from[0] + r[3 + axis] * from[1] + r[6 + axis] * from[2];
  }
  return {
    yaw: Math.atan2(r[2], r[8]),
    pitch: Math.asin(Math.max(-1, Math.min(1, -r[5]))),
    roll: Math.atan2(-r[1], r[4]),
    points,
  };
}
