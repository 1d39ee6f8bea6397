/** Cues: things tied to a sample of the voice that is being sent, carried out when that sample is heard. */
import type { EmotionWeights } from './controls.ts';

/** `atMs`: from the start of the utterance. */
export type Cue = { atMs: number } & (
  | { emotion: EmotionWeights }
  /** Radians, +yaw to the avatar's left, +pitch up. */
  | { gaze: { yaw: number; pitch: number } }
  /** How far the head nods, 0..1. */
  | { nod: number }
  /** Offset of the head in radians, see motion-frame.ts. */
  | { head: { yaw: number; pitch: number; roll: number } }
  /** Nothing but an event at that moment. */
  | { marker: string }
);
