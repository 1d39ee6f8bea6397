/** Where the landmarks of an avatar lie for a motion frame: for benches, tests and callers that draw on top. */
import { distance } from '../../../face/landmarks.ts';
import { LANDMARK_COUNT, LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import type { Rig } from '../rig.ts';
import { expressFace } from './face-motion.ts';
import { headPose, posePoint } from './head-pose.ts';

/**
 * `frame`: `Float32Array [58]`. Returns `Float32Array [478·3]`: x right and y down in picture fractions, z
 * towards the viewer in the same unit.
 */
export function landmarksAt(rig: Rig, frame: Float32Array): Float32Array {
  const points = expressFace(rig, frame);
  const pose = headPose(rig, frame);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    posePoint(pose, points[3 * i], points[3 * i + 1], points[3 * i + 2], 1, points, 3 * i);
  }
  return points;
}

/** Distance of the inner-lip middles over the mouth's width at rest, without head motion. */
export function lipAperture(rig: Rig, frame: Float32Array): number {
  const points = expressFace(rig, frame);
  return distance(points, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / cornerDistance(rig.rest);
}

/** Distance of the mouth corners in picture fractions, without head motion. */
export function mouthWidth(rig: Rig, frame: Float32Array): number {
  return cornerDistance(expressFace(rig, frame));
}

function cornerDistance(points: Float32Array): number {
  return distance(points, MOUTH_CORNER.right, MOUTH_CORNER.left);
}
