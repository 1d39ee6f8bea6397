import type { AvatarState, Controls } from '../contract/controls.ts';
import { EMOTIONS } from '../contract/controls.ts';
import { CHANNEL } from '../contract/motion-frame.ts';
import { GazeLevel } from './gaze-level.ts';
import { CONTROL_SIZE } from './pack.ts';

/** In the order of the pack and of the control vector. */
const STATES: readonly AvatarState[] = ['speaking', 'listening', 'idle'];

/** Where the blink rate is, where states and the cues of the user's voice begin, and where the arousal of the own is. */
const [BLINKS, STATE_AT, CUES_AT, AROUSAL] = [13, 14, 17, 25];

/** What is heard at the time. */
export interface HeardVoices {
  /** Of the user: see `SpeechCues`; without it there is no microphone, and a listener nods by itself. */
  cues?: Float32Array | undefined;
  /** Of the own voice: see `Arousal`. */
  arousal?: number;
}

/**
 * Controls as the motion graph takes them: `Float32Array[26]` = gaze yaw, pitch (rad), gaze-directed flag,
 * distance, 7 emotion weights, emotion-from-voice flag, expressiveness, blink rate / 20, one-hot state
 * (speaking, listening, idle), 8 cues of the user's voice, arousal of the own voice where emotion is read from it.
 */
export function controlVector(
  controls: Controls,
  state: AvatarState,
  { cues, arousal = 0 }: HeardVoices = {},
): Float32Array {
  const vector = new Float32Array(CONTROL_SIZE);
  if (controls.gaze !== 'camera') {
    vector[0] = controls.gaze.yaw;
    vector[1] = controls.gaze.pitch;
    vector[2] = 1;
  }
  vector[3] = controls.distance;
  const { emotion } = controls;
  if (emotion === 'voice') {
    vector[11] = 1;
    vector[AROUSAL] = arousal;
  } else {
    EMOTIONS.forEach((name, i) => {
      vector[4 + i] = emotion[name] ?? 0;
    });
  }
  vector[12] = controls.expressiveness;
  vector[BLINKS] = controls.blinkRate / 20;
  vector[STATE_AT + STATES.indexOf(state)] = 1;
  if (cues) vector.set(cues, CUES_AT);
  return vector;
}

/** Of blink rates / 20 that the model has been trained with. */
const MOST_BLINKS = 3;

/**
 * A control vector under which the model blinks as often as `controls` asks: what it has to be asked for depends on state and
 * block size. @param factors speaking, listening, idle; a row of the pack's `blinkFactor`
 */
export function blinkingAsAsked(controls: Float32Array, factors: readonly number[]): Float32Array {
  const asked = controls.slice();
  const factor = factors[asked.indexOf(1, STATE_AT) - STATE_AT] ?? 1;
  asked[BLINKS] = Math.min(MOST_BLINKS, factor * asked[BLINKS]);
  return asked;
}

/** Seconds in which the head follows a changed offset to 63 %: fast enough to steer by hand, never a jump. */
const HEAD_TIME_CONSTANT_S = 0.25;
/** A changed distance is followed as slowly as the model does it. */
const DISTANCE_TIME_CONSTANT_S = 1;

/** What is needed of a pack's manifest. */
interface LookingPack {
  readonly blocks: readonly number[];
  readonly motion: { readonly gazePitch?: readonly (readonly number[])[] };
}

/**
 * Applies head offset and amplitude to frames that are shown, and takes out what the model raises head and gaze by. It
 * stands outside the model, whose motion cache holds the frames as the model made them.
 */
export class HeadControl {
  readonly #level: GazeLevel;
  #yaw = 0;
  #pitch = 0;
  #roll = 0;
  #amplitude = 1;
  #distance = 0;

  /** @param block motion frames per run of this pack */
  constructor({ blocks, motion }: LookingPack, block: number) {
    const [speaking, listening, idle] = motion.gazePitch?.[blocks.indexOf(block)] ?? [0, 0, 0];
    this.#level = new GazeLevel({ speaking, listening, idle });
  }

  /** @returns a copy of `frame` with the head steered; call once for each frame in order. */
  apply(
    frame: Float32Array,
    { gaze, head, distance, emotion }: Controls,
    state: AvatarState,
    frameSeconds: number,
  ): Float32Array {
    const moody = emotion !== 'voice' && EMOTIONS.some((name) => emotion[name]);
    const lowered = this.#level.lower(frame, { state, told: gaze !== 'camera', moody }, frameSeconds);
    const share = 1 - Math.exp(-frameSeconds / HEAD_TIME_CONSTANT_S);
    const distanceShare = 1 - Math.exp(-frameSeconds / DISTANCE_TIME_CONSTANT_S);
    this.#distance += distanceShare * (distance - this.#distance);
    this.#yaw += share * (head.yaw - this.#yaw);
    this.#pitch += share * (head.pitch - this.#pitch);
    this.#roll += share * (head.roll - this.#roll);
    this.#amplitude += share * (head.amplitude - this.#amplitude);
    const steered = frame.slice();
    steered[CHANNEL.headYaw] = frame[CHANNEL.headYaw] * this.#amplitude + this.#yaw;
    steered[CHANNEL.headPitch] = (frame[CHANNEL.headPitch] + lowered) * this.#amplitude + this.#pitch;
    steered[CHANNEL.headRoll] = frame[CHANNEL.headRoll] * this.#amplitude + this.#roll;
    steered[CHANNEL.headX] = frame[CHANNEL.headX] * this.#amplitude;
    steered[CHANNEL.headY] = frame[CHANNEL.headY] * this.#amplitude;
    // The model's frame holds the distance asked for as well: that may lag behind, and is never to be amplified.
    const own = frame[CHANNEL.distance] - this.#distance;
    steered[CHANNEL.distance] = this.#distance + own * Math.min(1, this.#amplitude);
    return steered;
  }
}
