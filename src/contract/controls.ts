import type { PerformerMix } from './performed-motion.ts';

/**
 * Live controls of a session: what the caller may steer while the avatar runs. Every field has a neutral
 * default, and every change takes effect from the next block of motion on.
 */
export const EMOTIONS = ['happy', 'sad', 'angry', 'surprised', 'afraid', 'disgusted', 'contempt'] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** Weights 0..1 for each emotion (absent is 0; all absent is neutral). */
export type EmotionWeights = Partial<Record<Emotion, number>>;

export type AvatarState = 'speaking' | 'listening' | 'idle';

export interface Controls {
  /** `camera`: natural gaze around the viewer. Otherwise a direction in radians, +yaw to the avatar's left, +pitch up. */
  gaze: 'camera' | { yaw: number; pitch: number };
  /** Natural logarithm of the scale against the portrait, −0.5 (far) … 0.5 (near). */
  distance: number;
  /** Constant offset of the head in radians (see motion-frame.ts) and amplitude 0..2 of its own motion. */
  head: { yaw: number; pitch: number; roll: number; amplitude: number };
  /** `voice`: read from the voice itself. */
  emotion: 'voice' | EmotionWeights;
  /** 0 (still) … 1 (natural) … 2 (lively). */
  expressiveness: number;
  /** Blinks per minute, 0..60. */
  blinkRate: number;
  /** `auto`: speaking while there is voice to speak, listening while the user talks, else idle. */
  state: 'auto' | AvatarState;
  /** The user interrupts the avatar by talking, where it listens to a microphone. */
  bargeIn: boolean;
  /** Whose motion each part of the face shows, where a performer gives some. */
  performer: PerformerMix;
}

export const NEUTRAL_CONTROLS: Readonly<Controls> = Object.freeze({
  gaze: 'camera',
  distance: 0,
  head: Object.freeze({ yaw: 0, pitch: 0, roll: 0, amplitude: 1 }),
  emotion: 'voice',
  expressiveness: 1,
  blinkRate: 17,
  state: 'auto',
  bargeIn: false,
  performer: Object.freeze({ head: 'performer', eyes: 'performer', brows: 'performer', mouth: 'both' }),
});

/** Least and greatest value of the controls that are numbers, in the units of `Controls`. */
export const CONTROL_RANGES = Object.freeze({
  /** Of gaze and head, to each side. */
  angleRadians: [-0.8, 0.8],
  distance: [-0.5, 0.5],
  headAmplitude: [0, 2],
  expressiveness: [0, 2],
  blinkRate: [0, 60],
} as const);

/** A change of some controls; what is absent stays as it is. See `Controls` for the meaning of each. */
export type ControlsPatch = Partial<
  Omit<Controls, NestedControl> & { [Name in NestedControl]: Partial<Controls[Name]> }
>;
type NestedControl = 'head' | 'performer';

/** Both changes as one, the second on top; inside `head` and `performer` each field on its own. */
export function joinPatches(first: ControlsPatch, second: ControlsPatch): ControlsPatch {
  const head = first.head || second.head ? { head: { ...first.head, ...second.head } } : {};
  const performer =
    first.performer || second.performer ? { performer: { ...first.performer, ...second.performer } } : {};
  return { ...first, ...second, ...head, ...performer };
}
