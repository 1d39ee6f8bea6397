const TELL_INTERVAL_MS = 10_000;

/** What a machine that was too busy has lost of a session: told at once, and what is lost soon after that together. */
export class LostTime {
  readonly #tell: (message: string) => void;
  #lostMs = 0;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  add(lostMs: number, nowMs: number): void {
    this.#lostMs += lostMs;
    if (nowMs - this.#toldMs < TELL_INTERVAL_MS) return;
    this.#tell(`The machine was too busy: ${Math.round(this.#lostMs)} ms were lost.`);
    this.#lostMs = 0;
    this.#toldMs = nowMs;
  }
}
