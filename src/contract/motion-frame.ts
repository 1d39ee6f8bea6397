/**
 * The motion frame: what the model makes, the renderer draws and other programs receive.
 *
 * `Float32Array[58]`: 52 ARKit blendshape coefficients in 0..1 (Apple's names, in the order of the Live Link
 * Face CSV header), then the head. Axes are right-handed: x points to the avatar's left (right in the picture),
 * y up, z out of the picture to the viewer.
 * - yaw, pitch, roll (radians) about y, x, z: +yaw turns to the avatar's left, +pitch looks down, +roll tilts
 *   the top of the head to the avatar's right (left in the picture).
 * - head x, y: shift as fractions of face height.
 * - `distance`: natural logarithm of the scale against the portrait; + is nearer.
 */

export const BLENDSHAPES = [
  'eyeBlinkLeft',
  'eyeLookDownLeft',
  'eyeLookInLeft',
  'eyeLookOutLeft',
  'eyeLookUpLeft',
  'eyeSquintLeft',
  'eyeWideLeft',
  'eyeBlinkRight',
  'eyeLookDownRight',
  'eyeLookInRight',
  'eyeLookOutRight',
  'eyeLookUpRight',
  'eyeSquintRight',
  'eyeWideRight',
  'jawForward',
  'jawRight',
  'jawLeft',
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthRight',
  'mouthLeft',
  'mouthSmileLeft',
  'mouthSmileRight',
  'mouthFrownLeft',
  'mouthFrownRight',
  'mouthDimpleLeft',
  'mouthDimpleRight',
  'mouthStretchLeft',
  'mouthStretchRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthShrugUpper',
  'mouthPressLeft',
  'mouthPressRight',
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'browDownLeft',
  'browDownRight',
  'browInnerUp',
  'browOuterUpLeft',
  'browOuterUpRight',
  'cheekPuff',
  'cheekSquintLeft',
  'cheekSquintRight',
  'noseSneerLeft',
  'noseSneerRight',
  'tongueOut',
] as const;

export const HEAD_CHANNELS = ['headYaw', 'headPitch', 'headRoll', 'headX', 'headY', 'distance'] as const;

export type Blendshape = (typeof BLENDSHAPES)[number];
export type MotionChannel = Blendshape | (typeof HEAD_CHANNELS)[number];

/** Values per motion frame. */
export const MOTION_SIZE = BLENDSHAPES.length + HEAD_CHANNELS.length;
/** Motion frames per second; one frame is 640 samples at 16 kHz. */
export const MOTION_RATE_HZ = 25;
export const MOTION_FRAME_MS = 1000 / MOTION_RATE_HZ;

/** Index of each channel in a motion frame. */
export const CHANNEL = Object.freeze(
  Object.fromEntries([...BLENDSHAPES, ...HEAD_CHANNELS].map((name, index) => [name, index])),
) as Readonly<Record<MotionChannel, number>>;
