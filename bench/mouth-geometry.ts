/** How far a motion frame opens and narrows the mouth of an avatar, without the head's own motion. */
import { CHANNEL, HEAD_CHANNELS } from '../src/contract/motion-frame.ts';
import { distance } from '../src/face/landmarks.ts';
import { LOWER_LIP_MIDDLE, MOUTH_CORNER, UPPER_LIP_MIDDLE } from '../src/face/topology.ts';
import type { Rig } from '../src/render/renderer.ts';
import { landmarksAt } from '../src/render/renderers.ts';

/** Distance of the inner-lip middles over the width of the mouth that is shown at rest. */
export function lipAperture(rig: Rig, frame: Float32Array): number {
  return mouthAt(rig, frame).gap / mouthAt(rig, new Float32Array(frame.length)).width;
}

/** Both at once, in picture fractions: distance of the inner-lip middles, and of the corners. */
export function mouthAt(rig: Rig, frame: Float32Array): { gap: number; width: number } {
  const still = stillHead(rig, frame);
  return {
    gap: distance(still, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE),
    width: distance(still, MOUTH_CORNER.right, MOUTH_CORNER.left),
  };
}

function stillHead(rig: Rig, frame: Float32Array): Float32Array {
  const still = frame.slice();
  for (const name of HEAD_CHANNELS) still[CHANNEL[name]] = 0;
  return landmarksAt(rig, still);
}
