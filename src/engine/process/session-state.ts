import type { AvatarState, Controls } from '../../contract/controls.ts';

/** The face goes on listening for so long after the user was heard. */
const LISTENING_HANG_MS = 600;

/** What the avatar of one session does: speaks, listens, or neither. */
export class SessionState {
  #current: AvatarState = 'idle';
  #userHeardMs = Number.NEGATIVE_INFINITY;

  get current(): AvatarState {
    return this.#current;
  }

  hearUser(nowMs: number): void {
    this.#userHeardMs = nowMs;
  }

  /** @returns whether it is another one now */
  update(nowMs: number, { wanted, speaking }: { wanted: Controls['state']; speaking: boolean }): boolean {
    const listening = nowMs - this.#userHeardMs < LISTENING_HANG_MS;
    const heard = speaking ? 'speaking' : listening ? 'listening' : 'idle';
    const former = this.#current;
    this.#current = wanted === 'auto' ? heard : wanted;
    return this.#current !== former;
  }
}
