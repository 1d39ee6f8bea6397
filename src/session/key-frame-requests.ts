/** With several viewers, so much time lies between two key frames at least: each costs as much as several pictures. */
const INTERVAL_MS = 400;

/** Merges what several takers of one stream ask for, so that each gets its key frame and none is made twice. */
export class KeyFrameRequests {
  readonly #request: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #later: NodeJS.Timeout | undefined;

  constructor(request: () => void) {
    this.#request = request;
  }

  /** One that cannot wait: of somebody who has no picture yet, or who is alone. */
  now(): void {
    this.close();
    this.#lastMs = performance.now();
    this.#request();
  }

  /** At the latest after the interval. */
  soon(): void {
    const waitMs = this.#lastMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.now();
    else this.#later ??= setTimeout(() => this.now(), waitMs).unref();
  }

  close(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
  }
}
