import { VultusError } from '../errors.ts';

interface Chunk {
  samples: Float32Array;
  /** When it came in from a microphone; undefined where nobody hears how long it waits. */
  arrivedMs: number | undefined;
}

interface Utterance {
  id: number;
  chunks: Chunk[];
  /** The caller said that nothing more will come. */
  ended: boolean;
}

export interface SpeechPiece extends Chunk {
  utterance: number;
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

/** Chunks shorter than this are joined, and no more utterances than this wait: each costs memory of its own. */
const SHORT_CHUNK_SAMPLES = 480;
const MAX_UTTERANCES = 1000;

/** An utterance that nobody ended is over after this time without new voice. */
const SILENT_END_MS = 1000;

/**
 * Voice that waits to be spoken, in utterances: it may arrive faster than real time, late, or in fragments.
 * All sample counts are at 48 kHz.
 */
export class SpeechQueue {
  readonly #maxSamples: number;
  readonly #utterances: Utterance[] = [];
  #queuedSamples = 0;
  #headOffset = 0;
  #nextId = 1;
  #lastPushMs = 0;
  #justEnded: number[] = [];
  #lapsed: number | undefined;

  constructor(maxSeconds: number) {
    this.#maxSamples = maxSeconds * 48000;
  }

  get queuedSamples(): number {
    return this.#queuedSamples;
  }

  /** The utterance that will be taken from next, or the next one that comes in. */
  get nextUtterance(): number {
    return this.#utterances[0]?.id ?? this.#nextId;
  }

  /** Goes on in another queue's place, with the voice that follows; `underWay`: of an utterance that has begun. */
  continueWith(utterance: number, underWay: boolean, nowMs: number): void {
    this.#nextId = underWay ? utterance + 1 : utterance;
    if (underWay) this.#utterances.push({ id: utterance, chunks: [], ended: false });
    this.#lastPushMs = nowMs;
  }

  /**
   * `live`: from a microphone, in real time. What piles up after a stall, or because its clock runs faster than
   * ours, would delay all that follows for good: pauses are shortened until it is gone.
   * @throws VultusError `audio_buffer_full`; nothing is queued then.
   */
  push(samples: Float32Array, nowMs: number, live = false): void {
    if (samples.length === 0) return;
    if (live && this.#comesTooSoon(samples)) {
      this.#lastPushMs = nowMs;
      return;
    }
    if (this.#queuedSamples + samples.length > this.#maxSamples) throw new VultusError('audio_buffer_full');
    let last = this.#utterances.at(-1);
    if (!last || last.ended) {
      if (this.#utterances.length >= MAX_UTTERANCES) {
        throw new VultusError('audio_buffer_full', `${MAX_UTTERANCES} utterances are waiting already`);
      }
      last = { id: this.#nextId++, chunks: [], ended: false };
      this.#utterances.push(last);
    }
    const tail = last.chunks.at(-1);
    // The first chunk may have been taken in part.
    if (tail && last.chunks.length > 1 && tail.samples.length < SHORT_CHUNK_SAMPLES) {
      tail.samples = joined(tail.samples, samples);
    } else last.chunks.push({ samples, arrivedMs: live ? nowMs : undefined });
    this.#queuedSamples += samples.length;
    this.#lastPushMs = nowMs;
  }

  /** The utterance that is being received is complete. */
  end(): void {
    const last = this.#utterances.at(-1);
    if (last) last.ended = true;
    this.#dropFinished();
  }

  /** Takes up to `count` samples of the first utterance; undefined where there is nothing to take now. */
  take(count: number, nowMs: number): SpeechPiece | undefined {
    if (nowMs - this.#lastPushMs > SILENT_END_MS && this.#queuedSamples === 0) this.#lapse();
    const [utterance] = this.#utterances;
    const chunk = utterance?.chunks[0];
    if (!chunk) return undefined;
    const samples = chunk.samples.subarray(this.#headOffset, this.#headOffset + count);
    this.#headOffset += samples.length;
    this.#queuedSamples -= samples.length;
    if (this.#headOffset === chunk.samples.length) {
      utterance.chunks.shift();
      this.#headOffset = 0;
      this.#dropFinished();
    }
    return { utterance: utterance.id, samples, arrivedMs: chunk.arrivedMs };
  }

  /** Puts a piece that was taken back in front of all others; `ended`: nothing was left of its utterance then. */
  putBack({ utterance: id, samples }: Omit<SpeechPiece, 'arrivedMs'>, ended: boolean): void {
    let first = this.#utterances[0];
    if (first?.id !== id) {
      first = { id, chunks: [], ended };
      this.#utterances.unshift(first);
    } else if (this.#headOffset > 0) {
      first.chunks[0].samples = first.chunks[0].samples.subarray(this.#headOffset);
    }
    this.#headOffset = 0;
    first.chunks.unshift({ samples, arrivedMs: undefined });
    this.#queuedSamples += samples.length;
  }

  /** Ids of utterances whose last sample has been taken and to which nothing will be added; each id once. */
  takeFinished(): number[] {
    const finished = this.#justEnded;
    this.#justEnded = [];
    return finished;
  }

  /** The utterance that has ended since this was last asked because no more of its voice came; mostly none. */
  takeLapsed(): number | undefined {
    const lapsed = this.#lapsed;
    this.#lapsed = undefined;
    return lapsed;
  }

  /** @returns ids of the utterances of which something was still to come or to be taken, in order */
  clear(): number[] {
    const waiting = this.#utterances.splice(0).map(({ id }) => id);
    this.#justEnded = [];
    this.#queuedSamples = 0;
    this.#headOffset = 0;
    return waiting;
  }

  #lapse(): void {
    const last = this.#utterances.at(-1);
    if (last && !last.ended) this.#lapsed = last.id;
    this.end();
  }

  #comesTooSoon(samples: Float32Array): boolean {
    if (this.#queuedSamples <= LIVE_SLACK_SAMPLES) return false;
    return this.#queuedSamples > LIVE_LIMIT_SAMPLES || isSilent(samples);
  }

  #dropFinished(): void {
    while (this.#utterances[0]?.ended && this.#utterances[0].chunks.length === 0) {
      this.#justEnded.push(this.#utterances.shift()!.id);
    }
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
