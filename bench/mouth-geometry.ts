/** How far a motion frame opens and narrows the mouth of an avatar, without the head's own motion. */
import { CHANNEL, HEAD_CHANNELS } from '../src/contract/motion-frame.ts';
import { distance } from '../src/face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../src/face/topology.ts';
import type { Rig } from '../src/render/renderer.ts';
import { landmarksAt } from '../src/render/renderers.ts';

/** Distance of the inner-lip middles over the width of the mouth that is shown at rest. */
export function lipAperture(rig: Rig, frame: Float32Array): number {
  const rest = mouthWidth(rig, new Float32Array(frame.length));
  return distance(stillHead(rig, frame), UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / rest;
}

/** Distance of the mouth corners in picture fractions. */
export function mouthWidth(rig: Rig, frame: Float32Array): number {
  return distance(stillHead(rig, frame), MOUTH_CORNER.right, MOUTH_CORNER.left);
}

function stillHead(rig: Rig, frame: Float32Array): Float32Array {
  const still = frame.slice();
  for (const name of HEAD_CHANNELS) still[CHANNEL[name]] = 0;
  return landmarksAt(rig, still);
}
