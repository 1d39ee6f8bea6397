/**
 * How far the head is lowered so that whoever looks at the viewer meets the viewer's eyes. The model looks a little above or
 * below: by how much on average its pack says, by how much this one does (standard deviation of people 1.2°) shows while it
 * looks.
 */
import type { AvatarState } from '../contract/controls.ts';
import { CHANNEL } from '../contract/motion-frame.ts';
import { gazeOf } from '../face/gaze.ts';

/** What the model errs by in another state comes on in about as long, and no viewer sees the head turn by it. */
const STATE_TIME_CONSTANT_S = 2;
/** So long it takes to tell where somebody looks from what they glance at. */
const LOOK_TIME_CONSTANT_S = 6;
const MOST_RADIANS = 0.035;
/** Farther than this from the viewer it looks at something else, and with lids closed by so much at nothing. */
const AWAY_RADIANS = 0.087;
const SHUT = 0.15;

/** Radians that the model looks too high by in each state. */
export type GazePitch = Readonly<Record<AvatarState, number>>;

export class GazeLevel {
  readonly #usual: GazePitch;
  /** Of the usual; unknown before the first frame. */
  #state: number | undefined;
  #own = 0;

  constructor(usual: GazePitch) {
    this.#usual = usual;
  }

  /**
   * Radians to lower the head of `frame` by; call once for each frame in order. `told`: where to look, which it does; `moody`:
   * under an emotion that was set, which looks down or up on purpose.
   */
  lower(
    frame: Float32Array,
    { state, told, moody }: { state: AvatarState; told: boolean; moody: boolean },
    seconds: number,
  ): number {
    const usual = told ? 0 : this.#usual[state];
    this.#state ??= usual;
    this.#state += (1 - Math.exp(-seconds / STATE_TIME_CONSTANT_S)) * (usual - this.#state);
    if (told) this.#own *= Math.exp(-seconds / STATE_TIME_CONSTANT_S);
    const lowered = this.#state + this.#own;
    if (told || moody || frame[CHANNEL.eyeBlinkLeft] > SHUT) return lowered;
    const eye = gazeOf(frame, 'left');
    const above = eye.pitch - frame[CHANNEL.headPitch] - lowered;
    if (Math.hypot(above, eye.yaw + frame[CHANNEL.headYaw]) > AWAY_RADIANS) return lowered;
    const own = this.#own + (1 - Math.exp(-seconds / LOOK_TIME_CONSTANT_S)) * above;
    this.#own = Math.max(-MOST_RADIANS, Math.min(MOST_RADIANS, own));
    return lowered;
  }
}
