type Entry = { samples: Float32Array; live: boolean } | 'end';

/** Pieces shorter than this are joined, and no more of them are held: each costs memory of its own. */
const SHORT_SAMPLES = 960;
const MOST_ENTRIES = 8000;

/**
 * The voice that was sent to an engine and has not been played yet, so that another one can go on with it. Holds
 * references to what was sent, and copies of short pieces.
 */
export class VoiceJournal {
  #entries: Entry[] = [];
  #samples = 0;

  /** Samples that it holds. */
  get samples(): number {
    return this.#samples;
  }

  /** Whether it takes no more before some of it has been played. */
  get full(): boolean {
    return this.#entries.length >= MOST_ENTRIES;
  }

  add(samples: Float32Array, live: boolean): void {
    const last = this.#entries.at(-1);
    if (last && last !== 'end' && last.live === live && last.samples.length < SHORT_SAMPLES) {
      this.#entries[this.#entries.length - 1] = { samples: joined(last.samples, samples), live };
    } else this.#entries.push({ samples, live });
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

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
