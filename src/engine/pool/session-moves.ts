/** A session that takes one node after the other along is not given another one. */
const MOST_MOVES = 2;
const WINDOW_MS = 60_000;

/** How often a session has gone from one node to another lately. */
export class SessionMoves {
  #atMs: number[] = [];

  /** Counts one. @returns whether that is not one too many */
  take(): boolean {
    const nowMs = performance.now();
    this.#atMs = [...this.#atMs.filter((atMs) => nowMs - atMs < WINDOW_MS), nowMs];
    return this.#atMs.length <= MOST_MOVES;
  }
}
