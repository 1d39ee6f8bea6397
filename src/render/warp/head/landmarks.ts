/** Where the landmarks of an avatar lie for a motion frame: for benches, tests and callers that draw on top. */
import { LANDMARK_COUNT } from '../../../face/topology.ts';
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
