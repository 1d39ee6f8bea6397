import type { AvatarState, Controls } from '../../contract/controls.ts';
import { controlVector, type HeadControl } from '../../model/control-vector.ts';
import type { NoticedUser } from '../messages.ts';
import { ListenerBreath } from './listener-breath.ts';
import { type Direction, ListenerGaze } from './listener-gaze.ts';
import { ListenerNods } from './listener-nods.ts';
import { ListenerSmile } from './listener-smile.ts';
import type { MotionStream } from './motion-stream.ts';
import { SeenUser } from './seen-user.ts';
import { ToldCues } from './told-cues.ts';

/** The face goes on listening for so long after the user was heard. */
const LISTENING_HANG_MS = 600;
/** A microphone of which nothing has come for so long is not there. */
const MICROPHONE_GONE_MS = 800;

/** What the avatar of one session does: speaks, listens, or neither. */
export class SessionState {
  #current: AvatarState = 'idle';
  #userTalkedMs = Number.NEGATIVE_INFINITY;
  #user: { cues: Float32Array; atMs: number } | undefined;
  readonly #listener: ListenerGaze;
  /** Where the newest motion looks because of the user. */
  #gaze: Direction | undefined;

  readonly #nods: ListenerNods;
  readonly #breath: ListenerBreath;
  readonly #smile: ListenerSmile;
  readonly #told: ToldCues;
  readonly #seen = new SeenUser();
  #nowMs = 0;
  readonly #head: HeadControl;

  constructor(seed: number, head: HeadControl) {
    this.#listener = new ListenerGaze(seed);
    this.#nods = new ListenerNods(seed);
    this.#breath = new ListenerBreath(seed);
    this.#smile = new ListenerSmile(seed);
    this.#told = new ToldCues(seed);
    this.#head = head;
  }

  get current(): AvatarState {
    return this.#current;
  }

  noticeUser({ heard, seen }: NoticedUser, nowMs: number): void {
    if (heard) this.#user = { cues: heard.cues, atMs: nowMs };
    if (heard?.talking) this.#userTalkedMs = nowMs;
    if (seen) this.#seen.take(seen, nowMs);
  }

  /** What there is to answer in what the user says (see `SpeechCues`); undefined without a microphone. */
  get cues(): Float32Array | undefined {
    return this.#user?.cues;
  }

  /** What the next block of motion is made under. */
  controlVector(controls: Controls, motion: MotionStream): Float32Array {
    const seen = this.#seen.at(this.#nowMs);
    const heard = { frame: motion.nextFrame, state: this.#current, cues: this.cues, seen };
    this.#gaze = this.#listener.aim(heard);
    this.#nods.hear(heard);
    this.#breath.hear(heard);
    this.#smile.hear(heard);
    return controlVector(
      this.#directed(controls),
      this.#current,
      motion.hear(this.#told.of(heard, controls.emotion)),
    );
  }

  /**
   * What is shown of the motion at `frame`, with head and eyes steered; call once for each picture in order, `seconds`
   * after the one before.
   */
  steer(
    motion: Float32Array,
    controls: Controls,
    { frame, seconds }: { frame: number; seconds: number },
  ): Float32Array {
    const steered = this.#head.apply(motion, this.#directed(controls), this.#current, seconds);
    const { head, expressiveness, emotion } = controls;
    this.#nods.show(steered, frame, Math.min(1.5, head.amplitude * expressiveness));
    this.#breath.show(steered, frame, { amount: Math.min(1.5, expressiveness), seconds });
    this.#smile.show(steered, Math.min(1.5, expressiveness), { seconds, emotion });
    return steered;
  }

  /** `controls` with the gaze of a listener where nobody directs it. */
  #directed(controls: Controls): Controls {
    return this.#gaze && controls.gaze === 'camera' ? { ...controls, gaze: this.#gaze } : controls;
  }

  /** @returns whether it is another one now */
  update(nowMs: number, { wanted, speaking }: { wanted: Controls['state']; speaking: boolean }): boolean {
    this.#nowMs = nowMs;
    if (this.#user && nowMs - this.#user.atMs > MICROPHONE_GONE_MS) this.#user = undefined;
    const listening = nowMs - this.#userTalkedMs < LISTENING_HANG_MS;
    const heard = speaking ? 'speaking' : listening ? 'listening' : 'idle';
    const former = this.#current;
    this.#current = wanted === 'auto' ? heard : wanted;
    return this.#current !== former;
  }
}
