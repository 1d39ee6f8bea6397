/** The head's rigid motion: turn about the neck joint, mild perspective, shift and distance. */

import { CHANNEL } from '../../../contract/motion-frame.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';
import { type Framing, WHOLE_VIEW } from './framing.ts';

/** Camera distance in face heights; a portrait is taken from about 1.5 m. */
const CAMERA_DISTANCE = 7;
/** Beyond these (radians) the turn saturates smoothly: a portrait shows nothing of the other side. */
const TURN_LIMITS = { yaw: 0.42, pitch: 0.32, roll: 0.4 };
const MAX_NEARER = 0.5;
/** Farther back than this the portrait would have to show more of the body than it has. */
const MAX_FARTHER = 0.18;
/** Where the portrait's edge cuts the head off by so much (face widths), it would show where: there it hardly goes back. */
const CUT_OFF = [0.1, 0.5] as const;
const MAX_FARTHER_CUT_OFF = 0.04;

/** Moves a point of the head (view fractions) to where the frame puts it, in view fractions from the picture's corner. */
export interface HeadPose {
  /** What the picture shows. */
  framing: Framing;
  /** Row-major rotation, `[9]`, in picture axes (x right, y down, z to the viewer). */
  rotation: Float64Array;
  pivot: readonly [number, number, number];
  /** Shift of the head in view fractions. */
  shift: readonly [number, number];
  /** Scale of the whole person and the point that stays in place under it. */
  scale: number;
  anchor: readonly [number, number];
  cameraDistance: number;
}

/** Follows `value` up to about half of `limit`, then approaches the limit. */
function saturate(value: number, limit: number): number {
  const knee = 0.7 * limit;
  const beyond = Math.abs(value) - knee;
  if (beyond <= 0) return value;
  return Math.sign(value) * (knee + (limit - knee) * Math.tanh(beyond / (limit - knee)));
}

/** How far the head turns for a frame, radians. */
export function turnOf(frame: Float32Array): { yaw: number; pitch: number; roll: number } {
  return {
    yaw: saturate(frame[CHANNEL.headYaw], TURN_LIMITS.yaw),
    pitch: saturate(frame[CHANNEL.headPitch], TURN_LIMITS.pitch),
    roll: saturate(frame[CHANNEL.headRoll], TURN_LIMITS.roll),
  };
}

export function headPose(rig: Rig, frame: Float32Array, framing: Framing = WHOLE_VIEW): HeadPose {
  const { yaw, pitch, roll } = turnOf(frame);
  const nearer = frame[CHANNEL.distance];
  const cutOff = smoothstep(...CUT_OFF, rig.limits.headCutOff);
  const maxFarther = MAX_FARTHER + cutOff * (MAX_FARTHER_CUT_OFF - MAX_FARTHER);
  const scale = Math.exp(saturate(nearer, nearer > 0 ? MAX_NEARER : maxFarther));
  const [px, py] = rig.pivot;
  return {
    framing,
    rotation: rotationOf(yaw, pitch, roll),
    pivot: rig.pivot,
    shift: [frame[CHANNEL.headX] * rig.faceHeight, -frame[CHANNEL.headY] * rig.faceHeight],
    scale,
    // Nearer: the face grows in place. Farther: the shoulders stay on the lower edge of the picture.
    anchor: scale > 1 ? [px, py - 0.5 * rig.faceHeight] : [px, 1],
    cameraDistance: CAMERA_DISTANCE * rig.faceHeight,
  };
}

/** Roll about z, then pitch about x, then yaw about y, each as in motion-frame.ts, in y-down picture axes. */
function rotationOf(yaw: number, pitch: number, roll: number): Float64Array {
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  // y down: +roll moves the top (negative y) to the left, +pitch moves the front (positive z) down.
  const ry = [cy, 0, sy, 0, 1, 0, -sy, 0, cy];
  const rx = [1, 0, 0, 0, cp, sp, 0, -sp, cp];
  const rz = [cr, sr, 0, -sr, cr, 0, 0, 0, 1];
  return multiply(multiply(ry, rx), rz);
}

function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const result = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) result[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return result;
}

/**
 * Writes the posed position of (x, y, z) to `out` at `offset`. `share` 0..1: how much of the head's turn the
 * point takes (1 on the head, 0 on the shoulders); the distance moves everything alike.
 */
export function posePoint(
  pose: HeadPose,
  x: number,
  y: number,
  z: number,
  share: number,
  out: Float32Array,
  offset: number,
): void {
  const { rotation: r, pivot, shift, scale, anchor, cameraDistance, framing } = pose;
  const dx = x - pivot[0];
  const dy = y - pivot[1];
  const dz = z - pivot[2];
  let qx = pivot[0] + r[0] * dx + r[1] * dy + r[2] * dz;
  let qy = pivot[1] + r[3] * dx + r[4] * dy + r[5] * dz;
  const qz = pivot[2] + r[6] * dx + r[7] * dy + r[8] * dz;
  const zoom = 1 + (qz - z) / cameraDistance;
  qx = pivot[0] + (qx - pivot[0]) * zoom + shift[0];
  qy = pivot[1] + (qy - pivot[1]) * zoom + shift[1];
  qx = x + share * (qx - x);
  qy = y + share * (qy - y);
  out[offset] = anchor[0] + scale * (qx - anchor[0]) - framing.left;
  out[offset + 1] = anchor[1] + scale * (qy - anchor[1]) - framing.top;
  out[offset + 2] = z + share * (qz - z);
}
