import { Resampler } from './resampler.ts';

/** Samples of the voice per motion frame at 48 kHz. */
export const VOICE_SAMPLES_PER_FRAME = 1920;
const DECIMATION = 3;
/**
 * The low-pass of `read16k`, in libswresample's terms: 47 taps (14 / 0.9 at 16 kHz), −6 dB at 7.2 kHz. Its middle is
 * read `DELAY` samples late, 0.5 ms, so that it needs nothing of the voice that follows.
 */
const LOW_PASS = { filter_size: 14, cutoff: 0.9, kaiser_beta: 5 };
const DELAY = 24;
/** Heard before the first sample that counts: more than the filter spans. */
const RUN_UP = 96;

/**
 * The voice of a session on its audio clock: 48 kHz samples by absolute position since the start, silence
 * where nothing was said, the last few seconds kept. What the model hears (16 kHz) and what the listener hears
 * (48 kHz) are read from the same place, so that they cannot drift apart.
 */
export class SpeechTimeline {
  readonly #ring: Float32Array;
  #end: number;
  /** The same voice at 16 kHz, made when it is first read: the model reads most samples again and again. */
  readonly #ring16k: Float32Array;
  #end16k: number;
  readonly #resampler = new Resampler(48000, 16000, LOW_PASS);
  /** Position up to which the resampler has heard; undefined before it starts, and where its past has changed. */
  #heardUntil: number | undefined;

  /**
   * @param seconds how far back positions stay readable
   * @param start position of the first sample that will be appended
   */
  constructor(seconds: number, start = 0) {
    this.#end = start;
    this.#end16k = Math.floor(start / DECIMATION);
    this.#ring16k = new Float32Array(Math.ceil(seconds * 16000));
    this.#ring = new Float32Array(this.#ring16k.length * DECIMATION);
  }

  /** Position after the last sample. */
  get end(): number {
    return this.#end;
  }

  append(samples: Float32Array): void {
    putRound(this.#ring, this.#end, samples);
    this.#end += samples.length;
  }

  appendSilence(count: number): void {
    for (let i = 0; i < count; i++) this.#ring[this.#end++ % this.#ring.length] = 0;
  }

  /** What is there from `position` on is not there any more: it is appended anew. */
  takeBack(position: number): void {
    this.#end = Math.min(this.#end, position);
    this.#forget16k(position);
  }

  /** Fades to silence within `fadeSamples` from `position` on, and silences all that follows. */
  silenceFrom(position: number, fadeSamples: number): void {
    for (let at = Math.max(position, this.#end - this.#ring.length); at < this.#end; at++) {
      const left = fadeSamples - (at - position);
      this.#ring[at % this.#ring.length] *= left > 0 ? left / fadeSamples : 0;
    }
    this.#forget16k(position);
  }

  /** `Float32Array [count]` at 48 kHz; silence before the start. */
  read(position: number, count: number): Float32Array {
    return takeRound(this.#ring, position, new Float32Array(count));
  }

  /**
   * `Float32Array [count]` at 16 kHz from `position16k` on (position / 3), low-passed at 7.2 kHz; silence before
   * the start. All of it must be on the timeline already.
   * @param into what it is written to, so that seconds of voice need no new memory at every look at them
   */
  read16k(position16k: number, count: number, into: Float32Array = new Float32Array(count)): Float32Array {
    this.#decimateUntil(position16k + count);
    return takeRound(this.#ring16k, position16k, into.subarray(0, count));
  }

  /** Lets go of the resampler's memory; nothing is read at 16 kHz after that. Idempotent. */
  close(): void {
    this.#resampler.close();
  }

  #decimateUntil(end16k: number): void {
    if (end16k <= this.#end16k) return;
    // Where nobody watched for long, only what the ring still holds.
    const oldest = end16k - this.#ring16k.length;
    if (this.#end16k < oldest) this.#restartAt(oldest);
    let unwanted = 0;
    if (this.#heardUntil === undefined) {
      this.#heardUntil = this.#end16k * DECIMATION - RUN_UP;
      unwanted = (RUN_UP - DELAY) / DECIMATION;
    }
    const end = end16k * DECIMATION;
    const fresh = this.#resampler.process(this.read(this.#heardUntil, end - this.#heardUntil));
    this.#heardUntil = end;
    const wanted = fresh.subarray(unwanted);
    putRound(this.#ring16k, this.#end16k, wanted);
    this.#end16k += wanted.length;
  }

  /** The voice is another one from `position` on. */
  #forget16k(position: number): void {
    const unchanged16k = Math.max(0, Math.floor(position / DECIMATION));
    if (unchanged16k < this.#end16k) this.#restartAt(unchanged16k);
  }

  /** What is read at 16 kHz from `position16k` on is made anew. */
  #restartAt(position16k: number): void {
    this.#end16k = position16k;
    if (this.#heardUntil !== undefined) this.#resampler.flush();
    this.#heardUntil = undefined;
  }
}

/** Writes values at a position of a ring that is indexed modulo its length. */
function putRound(ring: Float32Array, position: number, values: Float32Array): void {
  for (let done = 0; done < values.length; ) {
    const at = (position + done) % ring.length;
    const piece = values.subarray(done, done + ring.length - at);
    ring.set(piece, at);
    done += piece.length;
  }
}

/** Fills `values` from a position on; 0 where it is negative. */
function takeRound(ring: Float32Array, position: number, values: Float32Array): Float32Array {
  const before = Math.min(values.length, Math.max(0, -position));
  values.fill(0, 0, before);
  for (let done = before; done < values.length; ) {
    const at = (position + done) % ring.length;
    const piece = ring.subarray(at, Math.min(ring.length, at + values.length - done));
    values.set(piece, done);
    done += piece.length;
  }
  return values;
}
