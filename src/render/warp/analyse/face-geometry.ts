/**
 * Brings the face basis onto the face of a portrait: where the head points, what each blendshape does to these
 * landmarks, and the rest pose with the portrait's own open mouth and smile taken off.
 */
import { CHANNEL } from '../../../contract/motion-frame.ts';
import { distance, headUp, height, midpoint } from '../../../face/landmarks.ts';
import { fitSimilarity, rotate } from '../../../face/similarity.ts';
import {
  CHIN,
  EAR,
  FOREHEAD,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LANDMARK_COUNT,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  SIDES,
  SKIN_POINTS,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { fitLidMotion } from './eyes/lid-motion.ts';
import type { FaceBasis } from './face-basis.ts';

export interface FaceGeometry {
  /** All `[478·3]` or `[52·478·3]`, view fractions: x right, y down, z towards the viewer. */
  rest: Float32Array;
  deltas: Float32Array;
  /** Row-major rotation: columns right, up, out of the head. */
  axes: Float32Array;
  scale: number;
  faceHeight: number;
  pivot: [number, number, number];
  /** Where the portrait looks, radians as in motion-frame.ts. */
  yaw: number;
  pitch: number;
  roll: number;
  /** How far the portrait's own mouth stands open, in mouth widths, and its smile 0..1. */
  ownAperture: number;
  ownSmile: number;
}

/** The share of a lip movement that each ring takes, from the outer edge to the inner one. */
const RING_SHARES = [0.7, 0.8, 0.9, 1];
/** A smile is part of how people know a face: only this share of it is taken off. */
const SMILE_TAKEN_OFF = 0.5;
const SKIN = Array.from({ length: SKIN_POINTS }, (_, i) => i);

export function fitFaceGeometry(basis: FaceBasis, portrait: Float32Array): FaceGeometry {
  const upright = flipY(portrait);
  const { scale, rotation } = fitSimilarity(basis.rest, upright, SKIN);
  // Columns of the rotation are the head's axes in the y-up picture; back to y down.
  const axes = Float32Array.from(rotation, (value, i) => (Math.floor(i / 3) === 1 ? -value : value));
  const deltas = new Float32Array(basis.deltas.length);
  for (let i = 0; i < deltas.length; i += 3) {
    const moved = rotate(axes, basis.deltas[i], basis.deltas[i + 1], basis.deltas[i + 2]);
    for (let axis = 0; axis < 3; axis++) deltas[i + axis] = scale * moved[axis];
  }
  const faceHeight = distance(portrait, FOREHEAD, CHIN);
  const rest = portrait.slice();
  const ownAperture = distance(portrait, 13, 14) / distance(portrait, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const ownSmile = takeOffSmile(rest, deltas, basis, axes, scale);
  closeLips(rest, deltas, axes);
  fitLidMotion(rest, deltas, axes);
  return {
    rest,
    deltas,
    axes,
    scale,
    faceHeight,
    pivot: headJoint(rest, axes, scale),
    yaw: Math.atan2(axes[2], axes[8]),
    pitch: Math.asin(Math.max(-1, Math.min(1, axes[5]))),
    roll: Math.atan2(-axes[1], -axes[4]),
    ownAperture,
    ownSmile,
  };
}

function flipY(points: Float32Array): Float32Array {
  return points.map((value, i) => (i % 3 === 1 ? -value : value));
}

/** The joint of skull and neck: behind and a little above the chin. */
function headJoint(rest: Float32Array, axes: Float32Array, scale: number): [number, number, number] {
  const middle = midpoint(rest, EAR.right, EAR.left);
  const chinDrop = 7.5 * scale; // from ear to chin level, canonical centimetres
  const back = 1 * scale;
  return [0, 1, 2].map(
    (axis) => middle[axis] - chinDrop * axes[3 * axis + 1] - back * axes[3 * axis + 2],
  ) as [number, number, number];
}

/** Fits the two smile shapes to the mouth corners against the canonical face and takes a share of them off. */
function takeOffSmile(
  rest: Float32Array,
  deltas: Float32Array,
  basis: FaceBasis,
  axes: Float32Array,
  scale: number,
): number {
  const up = headUp(axes);
  let total = 0;
  for (const side of SIDES) {
    const channel = side === 'left' ? CHANNEL.mouthSmileLeft : CHANNEL.mouthSmileRight;
    const corner = MOUTH_CORNER[side];
    // How much higher the corner stands over the middle of the lips than in the neutral face.
    const lift = height(rest, corner, up) - 0.5 * (height(rest, 0, up) + height(rest, 17, up));
    const neutral = scale * (basis.rest[3 * corner + 1] - 0.5 * (basis.rest[1] + basis.rest[3 * 17 + 1]));
    const gain = height(deltas, channel * LANDMARK_COUNT + corner, up);
    const amount = Math.max(0, Math.min(1, (lift - neutral) / gain - 0.1));
    total += 0.5 * amount;
    const offset = channel * LANDMARK_COUNT * 3;
    for (let i = 0; i < 3 * SKIN_POINTS; i++) rest[i] -= SMILE_TAKEN_OFF * amount * deltas[offset + i];
  }
  return total;
}

/** Brings the inner lips together: a wide gap first by the jaw, the rest by the lips themselves. */
function closeLips(rest: Float32Array, deltas: Float32Array, axes: Float32Array): void {
  const up = headUp(axes);
  const width = distance(rest, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const gapAt = (i: number) => height(rest, INNER_UPPER_LIP[i], up) - height(rest, INNER_LOWER_LIP[i], up);
  // Lips part by up to a fifth of the mouth's width in a smile; beyond that the jaw is open.
  const jawGap = Math.max(0, gapAt(4) - 0.2 * width);
  const jawOffset = CHANNEL.jawOpen * LANDMARK_COUNT * 3;
  const jawGain =
    height(deltas, CHANNEL.jawOpen * LANDMARK_COUNT + 13, up) -
    height(deltas, CHANNEL.jawOpen * LANDMARK_COUNT + 14, up);
  for (let i = 0; i < 3 * SKIN_POINTS; i++) rest[i] -= (jawGap / jawGain) * deltas[jawOffset + i];
  for (let i = 0; i < INNER_UPPER_LIP.length; i++) {
    const gap = [0, 1, 2].map(
      (axis) => rest[3 * INNER_UPPER_LIP[i] + axis] - rest[3 * INNER_LOWER_LIP[i] + axis],
    );
    RING_SHARES.forEach((share, ring) => {
      for (let axis = 0; axis < 3; axis++) {
        rest[3 * UPPER_LIP_RINGS[ring][i] + axis] -= 0.5 * share * gap[axis];
        rest[3 * LOWER_LIP_RINGS[ring][i] + axis] += 0.5 * share * gap[axis];
      }
    });
  }
  // The corner closes onto the line of the lips.
  for (const [corner, next] of [
    [INNER_MOUTH_CORNER.right, INNER_UPPER_LIP[0]],
    [INNER_MOUTH_CORNER.left, INNER_UPPER_LIP.at(-1)!],
  ]) {
    rest[3 * corner + 1] = 0.5 * (rest[3 * corner + 1] + rest[3 * next + 1]);
  }
}
