/**
 * A performer's motion: what a camera or a tracker sees of a face, beside the voice. It is mixed with what the voice
 * makes, group by group (`Controls.performer`).
 */
import { BLENDSHAPES, type Blendshape } from './motion-frame.ts';

export const PERFORMED_GROUPS = ['head', 'eyes', 'brows', 'mouth'] as const;
/** `eyes`: gaze and lids; `mouth`: jaw, lips, tongue, cheeks and nose. */
export type PerformedGroup = (typeof PERFORMED_GROUPS)[number];

/**
 * Whose motion a group shows. `both`: the head's own motion is added to the performer's; lids, gaze and brows take the
 * stronger of the two; the mouth speaks by the voice as long as there is one, under the performer's expression, and is
 * the performer's in between. What the performer does not give, or has not given for a moment, is the voice's.
 */
export type MotionSource = (typeof MOTION_SOURCES)[number];
export const MOTION_SOURCES = ['voice', 'performer', 'both'] as const;

export type PerformerMix = Record<PerformedGroup, MotionSource>;

/** As in motion-frame.ts: radians; shift in fractions of face height; the natural logarithm of the scale. */
export interface PerformedHead {
  yaw: number;
  pitch: number;
  roll: number;
  x?: number | undefined;
  y?: number | undefined;
  distance?: number | undefined;
}

/** What is seen at one moment, or nothing of the face at all: then it has been lost. */
export interface PerformedFrame {
  /** On the performer's own clock, whose beginning is any: when it was seen. */
  timeMs: number;
  /** Any of the 52 by Apple's names, 0..1; gaze is in the eyeLook shapes. */
  shapes?: Partial<Record<Blendshape, number>> | undefined;
  head?: PerformedHead | undefined;
}

/** Least and greatest value of each, in the units of `PerformedHead`. Trackers see more than pictures show. */
export const PERFORMED_RANGES = Object.freeze({
  angleRadians: [-Math.PI / 2, Math.PI / 2],
  shift: [-1, 1],
  distance: [-1, 1],
} as const);

export function groupOf(shape: Blendshape): PerformedGroup {
  if (shape.startsWith('eye')) return 'eyes';
  return shape.startsWith('brow') ? 'brows' : 'mouth';
}

export function isBlendshape(name: string): name is Blendshape {
  return (BLENDSHAPES as readonly string[]).includes(name);
}
