import type { AvatarState, Controls } from '../../contract/controls.ts';
import type { HeardUser } from '../messages.ts';

/** The face goes on listening for so long after the user was heard. */
const LISTENING_HANG_MS = 600;
/** A microphone of which nothing has come for so long is not there. */
const MICROPHONE_GONE_MS = 800;

/** What the avatar of one session does: speaks, listens, or neither. */
export class SessionState {
  #current: AvatarState = 'idle';
  #userTalkedMs = Number.NEGATIVE_INFINITY;
  #user: { cues: Float32Array; atMs: number } | undefined;

  get current(): AvatarState {
    return this.#current;
  }

  hearUser({ talking, cues }: HeardUser, nowMs: number): void {
    this.#user = { cues, atMs: nowMs };
    if (talking) this.#userTalkedMs = nowMs;
  }

  /** What there is to answer in what the user says (see `SpeechCues`); undefined without a microphone. */
  get cues(): Float32Array | undefined {
    return this.#user?.cues;
  }

  /** @returns whether it is another one now */
  update(nowMs: number, { wanted, speaking }: { wanted: Controls['state']; speaking: boolean }): boolean {
    if (this.#user && nowMs - this.#user.atMs > MICROPHONE_GONE_MS) this.#user = undefined;
    const listening = nowMs - this.#userTalkedMs < LISTENING_HANG_MS;
    const heard = speaking ? 'speaking' : listening ? 'listening' : 'idle';
    const former = this.#current;
    this.#current = wanted === 'auto' ? heard : wanted;
    return this.#current !== former;
  }
}
