import type { SpeechEnd } from '../contract/speech.ts';

interface Chunk {
  samples: Float32Array;
  /** When it came in from a microphone; undefined where nobody hears how long it waits. */
  arrivedMs: number | undefined;
}

interface Utterance {
  number: number;
  chunks: Chunk[];
  /** Samples of the first chunk that have been taken. */
  offset: number;
  /** Set where nothing more will come. */
  end: SpeechEnd | undefined;
}

export interface SpeechPiece extends Chunk {
  utterance: number;
}

export interface FinishedUtterance {
  utterance: number;
  end: SpeechEnd;
}

/** Live voice is left out where it is silent and would wait for longer than the first, or the second in any case. */
const LIVE_SLACK_SAMPLES = 0.06 * 48000;
const LIVE_LIMIT_SAMPLES = 0.3 * 48000;
/** Below this peak (−46 dBFS) voice counts as silent. */
const SILENT_PEAK = 0.005;

/** Whether nobody talks in these samples, −1..1. */
export function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => Math.abs(sample) < SILENT_PEAK);
}

/** Chunks shorter than this are joined: each costs memory of its own. */
const SHORT_CHUNK_SAMPLES = 480;

/**
 * Voice that waits to be spoken, in utterances: it may arrive faster than real time, late, in fragments, and for
 * several utterances at a time. They are spoken in the order of their numbers, one after the other. All sample counts
 * are at 48 kHz.
 */
export class SpeechQueue {
  readonly #utterances: Utterance[] = [];
  #queuedSamples = 0;
  #finished: FinishedUtterance[] = [];

  get queuedSamples(): number {
    return this.#queuedSamples;
  }

  /** The utterance whose turn it is, where all that has come of it is taken and more may come. */
  get dryUtterance(): number | undefined {
    const [first] = this.#utterances;
    return first && first.chunks.length === 0 ? first.number : undefined;
  }

  /** Of the utterance whose turn it is: infinite where nothing more of it comes; none of a microphone's. */
  get recordedSamples(): number {
    const [first] = this.#utterances;
    if (!first || first.chunks.length === 0 || first.chunks[0].arrivedMs !== undefined) return 0;
    if (first.end !== undefined) return Number.POSITIVE_INFINITY;
    return first.chunks.reduce((sum, { samples }) => sum + samples.length, -first.offset);
  }

  /** From now on voice may come for it. */
  begin(utterance: number): void {
    this.#find(utterance);
  }

  /**
   * `live`: from a microphone, in real time. What piles up after a stall, or because its clock runs faster than
   * ours, would delay all that follows for good: pauses are shortened until it is gone.
   */
  push(utterance: number, samples: Float32Array, nowMs: number, live = false): void {
    if (samples.length === 0) return;
    const { chunks } = this.#find(utterance);
    if (live && this.#comesTooSoon(samples)) return;
    const tail = chunks.at(-1);
    // The first chunk may have been taken in part.
    if (tail && chunks.length > 1 && tail.samples.length < SHORT_CHUNK_SAMPLES) {
      tail.samples = joined(tail.samples, samples);
    } else chunks.push({ samples, arrivedMs: live ? nowMs : undefined });
    this.#queuedSamples += samples.length;
  }

  /** Nothing more will come of it, for this reason. */
  end(utterance: number, end: SpeechEnd): void {
    this.#find(utterance).end ??= end;
    this.#dropFinished();
  }

  /** Takes up to `count` samples of the first utterance; undefined where there is nothing to take now. */
  take(count: number): SpeechPiece | undefined {
    const [utterance] = this.#utterances;
    const chunk = utterance?.chunks[0];
    if (!chunk) return undefined;
    const samples = chunk.samples.subarray(utterance.offset, utterance.offset + count);
    utterance.offset += samples.length;
    this.#queuedSamples -= samples.length;
    if (utterance.offset === chunk.samples.length) {
      utterance.chunks.shift();
      utterance.offset = 0;
      this.#dropFinished();
    }
    return { utterance: utterance.number, samples, arrivedMs: chunk.arrivedMs };
  }

  /** Puts a piece that was taken back in front of what is left of its utterance; `end`: nothing was left of it then. */
  putBack({ utterance, samples }: Omit<SpeechPiece, 'arrivedMs'>, end: SpeechEnd | undefined): void {
    const entry = this.#find(utterance);
    entry.end ??= end;
    if (entry.offset > 0) entry.chunks[0].samples = entry.chunks[0].samples.subarray(entry.offset);
    entry.offset = 0;
    entry.chunks.unshift({ samples, arrivedMs: undefined });
    this.#queuedSamples += samples.length;
  }

  /** Utterances whose last sample has been taken and to which nothing will be added, in order; each once. */
  takeFinished(): FinishedUtterance[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  /** Forgets all that waits of these. */
  drop(utterances: readonly number[]): void {
    for (const number of utterances) {
      const at = this.#utterances.findIndex((utterance) => utterance.number === number);
      if (at < 0) continue;
      const [{ chunks, offset }] = this.#utterances.splice(at, 1);
      this.#queuedSamples -= chunks.reduce((sum, { samples }) => sum + samples.length, -offset);
    }
    this.#dropFinished();
  }

  #find(number: number): Utterance {
    const before = this.#utterances.findLastIndex((utterance) => utterance.number <= number);
    const found = this.#utterances[before];
    if (found?.number === number) return found;
    const utterance = { number, chunks: [], offset: 0, end: undefined };
    this.#utterances.splice(before + 1, 0, utterance);
    return utterance;
  }

  #comesTooSoon(samples: Float32Array): boolean {
    if (this.#queuedSamples <= LIVE_SLACK_SAMPLES) return false;
    return this.#queuedSamples > LIVE_LIMIT_SAMPLES || isSilent(samples);
  }

  #dropFinished(): void {
    for (;;) {
      const [first] = this.#utterances;
      if (!first?.end || first.chunks.length > 0) return;
      this.#utterances.shift();
      this.#finished.push({ utterance: first.number, end: first.end });
    }
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
