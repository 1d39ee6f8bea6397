/**
 * In a face that is turned far away, the face mesh may have the far eye on the cheek. Measured on a narrow cut around
 * the face it has that eye right, but lips and nose less so than on a wide one: here each gives what it has right.
 */

import { midpoint } from '../../../../face/landmarks.ts';
import { EAR, EYES, SIDES } from '../../../../face/topology.ts';
import { smoothstep } from '../../../../image/planes.ts';
import type { FoundFace } from '../../../../model/face/face-finder.ts';

/** Faces that are turned farther are measured twice. */
const TURNED_RADIANS = 0.44;
/** The far eye's surroundings fade from here to there, in widths of the near eye from its middle. */
const SURROUNDINGS = [0.8, 2.5] as const;

/** Whether the line from ear to ear is turned so far that the far eye has to be looked for. */
export function isTurned({ landmarks }: FoundFace): boolean {
  const [x, y, z] = [0, 1, 2].map((axis) => landmarks[3 * EAR.left + axis] - landmarks[3 * EAR.right + axis]);
  return Math.abs(Math.atan2(z, Math.hypot(x, y))) > TURNED_RADIANS;
}

/** `narrow`: the same face as measured on a narrow cut. Returns `face` with the far eye as found there. */
export function withFarEye(face: FoundFace, narrow: FoundFace): FoundFace {
  const widths = SIDES.map((side) => {
    const { outerCorner, innerCorner } = EYES[side];
    return Math.hypot(...[0, 1].map((k) => at(narrow, outerCorner)[k] - at(narrow, innerCorner)[k]));
  });
  const { outerCorner, innerCorner } = EYES[SIDES[widths[0] < widths[1] ? 0 : 1]];
  const middle = midpoint(narrow.landmarks, outerCorner, innerCorner);
  const landmarks = face.landmarks.slice();
  for (let i = 0; i < landmarks.length; i += 3) {
    const [x, y] = at(narrow, i / 3);
    const away = Math.hypot(x - middle[0], y - middle[1]) / Math.max(...widths);
    const share = 1 - smoothstep(...SURROUNDINGS, away);
    // Depth is of one piece over a whole face.
    for (let k = i; k < i + 2; k++) landmarks[k] += share * (narrow.landmarks[k] - landmarks[k]);
  }
  return { ...face, landmarks };
}

function at({ landmarks }: FoundFace, point: number): Float64Array {
  return landmarks.subarray(3 * point, 3 * point + 3);
}
