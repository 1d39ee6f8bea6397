import { distance } from '../../../../src/face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../../../../src/face/topology.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';

/** Distance of the inner-lip middles over the mouth's width in the rest pose, without head motion. */
export function lipAperture(rig: Rig, frame: Float32Array): number {
  return distance(expressFace(rig, frame), UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / cornerDistance(rig.rest);
}

/** Distance of the mouth corners in view fractions, without head motion. */
export function mouthWidth(rig: Rig, frame: Float32Array): number {
  return cornerDistance(expressFace(rig, frame));
}

function cornerDistance(points: Float32Array): number {
  return distance(points, MOUTH_CORNER.right, MOUTH_CORNER.left);
}
