type Entry = { samples: Float32Array; live: boolean } | 'end';

/**
 * The voice that was sent to an engine and has not been played yet, so that another one can go on with it.
 * Holds references to what was sent, no copies; never more than the session's own queue takes.
 */
export class VoiceJournal {
  #entries: Entry[] = [];
  #samples = 0;

  /** Samples that it holds. */
  get samples(): number {
    return this.#samples;
  }

  add(samples: Float32Array, live: boolean): void {
    this.#entries.push({ samples, live });
    this.#samples += samples.length;
  }

  /** The utterance is complete. */
  end(): void {
    if (this.#entries.at(-1) !== 'end') this.#entries.push('end');
  }

  /**
   * Only the last `samples` are not played yet. An end before them stays as long as nothing behind it has been
   * played: it may not have been told yet.
   */
  keepLast(samples: number): void {
    while (this.#samples > samples) {
      const entry = this.#entries.shift()!;
      if (entry === 'end') continue;
      const excess = this.#samples - samples;
      if (excess < entry.samples.length) {
        this.#entries.unshift({ ...entry, samples: entry.samples.subarray(excess) });
        this.#samples = samples;
      } else this.#samples -= entry.samples.length;
    }
  }

  clear(): void {
    this.#entries = [];
    this.#samples = 0;
  }

  /** Everything in order. */
  entries(): readonly Entry[] {
    return this.#entries;
  }
}
