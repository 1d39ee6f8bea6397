/** A browser asks again and again until its key frame is there: one request is passed on per interval. */
const INTERVAL_MS = 300;

export class KeyFrameGate {
  readonly #request: () => void;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(request: () => void) {
    this.#request = request;
  }

  ask(nowMs = performance.now()): void {
    if (nowMs - this.#lastAtMs < INTERVAL_MS) return;
    this.#lastAtMs = nowMs;
    this.#request();
  }
}
