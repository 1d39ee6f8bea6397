import type { PerformedMotion, SeenUserFace } from '../../../src/client/index.ts';

/** Of all that the camera sees of a face, what an avatar that listens answers to. */
export function userFaceOf({ timeMs, shapes, head }: PerformedMotion): SeenUserFace {
  return {
    ...(timeMs !== undefined && { timeMs }),
    ...(head && { head: { yaw: head.yaw, pitch: head.pitch } }),
    ...(shapes && { smile: 0.5 * ((shapes.mouthSmileLeft ?? 0) + (shapes.mouthSmileRight ?? 0)) }),
  };
}
