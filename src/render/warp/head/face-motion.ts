/**
 * Moves the 478 landmarks of a rig by a motion frame: expression first, then what it leaves of the portrait's own, then
 * lips and lids that may not pass through each other. The head's turn follows, as a whole.
 */

import { gazeOf } from '../../../face/gaze.ts';
import { headUp, height } from '../../../face/landmarks.ts';
import {
  EYES,
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  LOWER_LIP_RINGS,
  SIDES,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { rollOutHiddenLips } from '../mouth/hidden-lips.ts';
import { keepLipHeights } from '../mouth/lip-heights.ts';
import { keepLipOnTeeth } from '../mouth/lip-on-teeth.ts';
import { roundLips } from '../mouth/round-lips.ts';
import { keepSkinBelowLip } from '../mouth/skin-below-lip.ts';
import type { Rig } from '../rig.ts';
import { type Blend, blendOf } from './blendshapes.ts';
import { addOwnExpression } from './own-expression.ts';

/** When lips press on each other the outer rings give way less. */
const LIP_CONTACT_SHARES = [0.3, 0.5, 0.8, 1];
/** Overlap from which lips are pressed together. */
const PRESSED_CM = 0.05;
/**
 * The rest pose with the expression of `frame`, before the head turns: what `blend` gives, `Float32Array [478·3]`,
 * changed.
 */
export function expressFace(rig: Rig, frame: Float32Array, blend: Blend = blendOf(rig)): Float32Array {
  const result = blend(frame);
  const up = headUp(rig.axes);
  rollOutHiddenLips(rig, result, up);
  const ownShare = addOwnExpression(rig, frame, result, up);
  roundLips(frame, result);
  keepLipsApart(result, up, rig.scale);
  keepLipOnTeeth(rig, frame, result, up);
  keepLipHeights(rig, frame, result, up, 1 - ownShare);
  keepSkinBelowLip(rig, result, up);
  keepLidsApart(result, up);
  moveIrises(rig, frame, result);
  return result;
}

/** Lips that would pass through each other meet halfway; pressed together they also meet in depth. */
function keepLipsApart(points: Float32Array, up: readonly number[], scale: number): void {
  for (let i = 0; i < INNER_UPPER_LIP.length; i++) {
    const upper = 3 * INNER_UPPER_LIP[i];
    const lower = 3 * INNER_LOWER_LIP[i];
    const gap = height(points, INNER_UPPER_LIP[i], up) - height(points, INNER_LOWER_LIP[i], up);
    if (gap >= 0) continue;
    const pressed = Math.min(1, -gap / (PRESSED_CM * scale));
    const apart = [0, 1, 2].map((axis) => {
      const across = points[upper + axis] - points[lower + axis] - gap * up[axis];
      return gap * up[axis] + pressed * across;
    });
    for (let ring = 0; ring < LIP_CONTACT_SHARES.length; ring++) {
      const share = 0.5 * LIP_CONTACT_SHARES[ring];
      for (let axis = 0; axis < 3; axis++) {
        points[3 * UPPER_LIP_RINGS[ring][i] + axis] -= share * apart[axis];
        points[3 * LOWER_LIP_RINGS[ring][i] + axis] += share * apart[axis];
      }
    }
  }
}

function keepLidsApart(points: Float32Array, up: readonly number[]): void {
  for (const side of SIDES) {
    const { upperLid, lowerLid } = EYES[side];
    for (let i = 0; i < upperLid.length; i++) {
      const gap = height(points, upperLid[i], up) - height(points, lowerLid[i], up);
      if (gap >= 0) continue;
      for (let axis = 0; axis < 3; axis++) {
        points[3 * upperLid[i] + axis] -= 0.8 * gap * up[axis];
        points[3 * lowerLid[i] + axis] += 0.2 * gap * up[axis];
      }
    }
  }
}

function moveIrises(rig: Rig, frame: Float32Array, points: Float32Array): void {
  const { axes } = rig;
  for (const side of SIDES) {
    const { yaw, pitch } = gazeOf(frame, side);
    const { irisCentre, irisEdge } = EYES[side];
    const radius = rig.eyes[side].eyeballRadius;
    const right = radius * Math.sin(yaw);
    const up = radius * Math.sin(pitch);
    for (const i of [irisCentre, ...irisEdge]) {
      for (let axis = 0; axis < 3; axis++) {
        points[3 * i + axis] = rig.rest[3 * i + axis] + right * axes[3 * axis] + up * axes[3 * axis + 1];
      }
    }
  }
}
