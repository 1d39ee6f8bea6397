interface Running<Result> {
  result: Promise<Result>;
  abort: AbortController;
  /** Those who still want it. */
  wanted: number;
}

/** Work that several ask for at the same time is done once, and given up when none of them wants it any more. */
export class SharedWork<Result> {
  readonly #running = new Map<string, Running<Result>>();

  get size(): number {
    return this.#running.size;
  }

  /**
   * @param key what makes work the same
   * @param signal tells that this caller does not want it any more
   */
  async run(
    key: string,
    work: (signal: AbortSignal) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const running = this.#running.get(key) ?? this.#start(key, work);
    running.wanted++;
    const leave = () => {
      running.wanted--;
      if (running.wanted > 0) return;
      // Whoever comes now begins anew.
      this.#forget(key, running);
      running.abort.abort();
    };
    if (signal?.aborted) leave();
    signal?.addEventListener('abort', leave);
    try {
      return await running.result;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Result>): Running<Result> {
    const abort = new AbortController();
    const result = work(abort.signal).finally(() => this.#forget(key, running));
    const running: Running<Result> = { result, abort, wanted: 0 };
    this.#running.set(key, running);
    return running;
  }

  #forget(key: string, running: Running<Result>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
