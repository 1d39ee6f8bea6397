interface Entry {
  utterance: number;
  samples: Float32Array;
  live: boolean;
}

/** Pieces shorter than this are joined, and no more of them are held: each costs memory of its own. */
const SHORT_SAMPLES = 960;
const MOST_ENTRIES = 8000;

/**
 * The voice that was sent to an engine and has not been played yet, so that another one can go on with it: in the
 * order in which it is played. Holds references to what was sent, and copies of short pieces.
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

  add(utterance: number, samples: Float32Array, live: boolean): void {
    const at = this.#entries.findLastIndex((entry) => entry.utterance <= utterance);
    const last = this.#entries[at];
    if (last?.utterance === utterance && last.live === live && last.samples.length < SHORT_SAMPLES) {
      this.#entries[at] = { utterance, samples: joined(last.samples, samples), live };
    } else this.#entries.splice(at + 1, 0, { utterance, samples, live });
    this.#samples += samples.length;
  }

  /** Only the last `samples` are not played yet. */
  keepLast(samples: number): void {
    while (this.#samples > samples) {
      const entry = this.#entries.shift()!;
      const excess = this.#samples - samples;
      if (excess < entry.samples.length) {
        this.#entries.unshift({ ...entry, samples: entry.samples.subarray(excess) });
        this.#samples = samples;
      } else this.#samples -= entry.samples.length;
    }
  }

  /** Forgets the voice of these. */
  drop(utterances: ReadonlySet<number>): void {
    this.#entries = this.#entries.filter(({ utterance }) => !utterances.has(utterance));
    this.#samples = this.#entries.reduce((sum, { samples }) => sum + samples.length, 0);
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
