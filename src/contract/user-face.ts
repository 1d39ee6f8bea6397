/**
 * The face of the user whom the avatar listens to: what their own browser reads from their camera. Numbers, never
 * pictures.
 */

/** What is seen at one moment, or nothing of the face at all: then it has been lost. */
export interface UserFace {
  /** On the user's own clock, whose beginning is any: when it was seen. */
  timeMs: number;
  /** Radians, as in motion-frame.ts; both 0 where the user looks at the avatar. */
  head?: { yaw: number; pitch: number } | undefined;
  /** Corners of the mouth against a face at rest: 0 … 1 (a broad smile). */
  smile?: number | undefined;
}
