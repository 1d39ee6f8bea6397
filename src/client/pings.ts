/** Round trips that are under way. */
export class Pings {
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  #lastId = 0;

  /** @returns milliseconds, once it was answered */
  async measure(send: (id: number) => void): Promise<number> {
    const id = ++this.#lastId;
    const sentAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send(id);
    });
    return performance.now() - sentAt;
  }

  answered(id: number): void {
    this.#waiting.get(id)?.resolve();
    this.#waiting.delete(id);
  }

  end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
