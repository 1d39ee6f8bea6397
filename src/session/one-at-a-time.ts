/** Who has given nothing for so long has left the place to others. */
const GONE_MS = 1000;

/** One of several who give the same: whoever began, until nothing of theirs has come for a second. */
export class OneAtATime {
  #who: object | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @returns whether it is their turn */
  takes(who: object, nowMs = performance.now()): boolean {
    if (this.#who !== who && nowMs - this.#lastMs < GONE_MS) return false;
    this.#who = who;
    this.#lastMs = nowMs;
    return true;
  }
}
