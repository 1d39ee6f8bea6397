import type { UserFace } from '../../contract/user-face.ts';

/** A camera of which nothing has come for so long sees nobody. */
const GONE_MS = 1000;
/** A nod goes down by so much, radians, and most of that back up, each within so long. */
const [NOD_RADIANS, BACK, NOD_MS] = [0.07, 0.6, 500];
/** A head that is turned so far looks away; one that looks is turned less. To the side, and up or down, radians. */
const [AWAY, BACK_AGAIN] = [
  [0.4, 0.35],
  [0.3, 0.25],
] as const;
/** So long away is more than a glance. */
const LONG_MS = 1500;

/** What a face answers to in the user's, at one moment. */
export interface Seen {
  /** How many nods so far. */
  nods: number;
  /** How many times they have looked back after they had looked away for long. */
  returns: number;
  /** 0..1 */
  smile: number;
}

/** Reads nods, smiles and looks in what a camera sees of the user. */
export class SeenUser {
  #atMs = Number.NEGATIVE_INFINITY;
  #nods = 0;
  #returns = 0;
  #smile = 0;
  /** On the user's clock. */
  #awaySinceMs: number | undefined;
  #head: { timeMs: number; pitch: number }[] = [];

  take({ timeMs, head, smile = 0 }: UserFace, nowMs: number): void {
    this.#atMs = nowMs;
    this.#smile = smile;
    if (!head) {
      this.#head = [];
      return;
    }
    this.#noticeNod(timeMs, head.pitch);
    this.#noticeLook(timeMs, head);
  }

  /** Undefined where no camera sees anybody. */
  at(nowMs: number): Seen | undefined {
    if (nowMs - this.#atMs > GONE_MS) return undefined;
    return { nods: this.#nods, returns: this.#returns, smile: this.#smile };
  }

  #noticeNod(timeMs: number, pitch: number): void {
    const since = this.#head.filter((at) => at.timeMs < timeMs && at.timeMs >= timeMs - 2 * NOD_MS);
    this.#head = [...since, { timeMs, pitch }];
    const low = since.reduce((lowest, at) => (at.pitch > lowest.pitch ? at : lowest), { timeMs, pitch });
    const before = since.filter((at) => at.timeMs <= low.timeMs && at.timeMs >= low.timeMs - NOD_MS);
    const depth = low.pitch - Math.min(low.pitch, ...before.map((at) => at.pitch));
    if (timeMs - low.timeMs > NOD_MS || depth < NOD_RADIANS || low.pitch - pitch < BACK * depth) return;
    this.#nods++;
    this.#head = [];
  }

  #noticeLook(timeMs: number, { yaw, pitch }: { yaw: number; pitch: number }): void {
    const [side, height] = this.#awaySinceMs === undefined ? AWAY : BACK_AGAIN;
    if (Math.hypot(yaw / side, pitch / height) > 1) {
      this.#awaySinceMs ??= timeMs;
      return;
    }
    if (timeMs - (this.#awaySinceMs ?? timeMs) > LONG_MS) this.#returns++;
    this.#awaySinceMs = undefined;
  }
}
