/** Samples of the voice per motion frame at 48 kHz. */
export const VOICE_SAMPLES_PER_FRAME = 1920;
const DECIMATION = 3;
/** Length of the low-pass of `read16k`; its delay is half of that: 0.5 ms. */
const FILTER_TAPS = 48;
const lowPass = windowedSinc(FILTER_TAPS, 7200 / 48000);

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
    for (const sample of samples) this.#ring[this.#end++ % this.#ring.length] = sample;
  }

  appendSilence(count: number): void {
    for (let i = 0; i < count; i++) this.#ring[this.#end++ % this.#ring.length] = 0;
  }

  /** Fades to silence within `fadeSamples` from `position` on, and silences all that follows. */
  silenceFrom(position: number, fadeSamples: number): void {
    for (let at = Math.max(position, this.#end - this.#ring.length); at < this.#end; at++) {
      this.#ring[at % this.#ring.length] *= Math.max(0, 1 - (at - position) / fadeSamples);
    }
    this.#end16k = Math.min(this.#end16k, Math.max(0, Math.floor(position / DECIMATION)));
  }

  /** `Float32Array [count]` at 48 kHz; silence before the start. */
  read(position: number, count: number): Float32Array {
    const samples = new Float32Array(count);
    for (let i = Math.max(0, -position); i < count; i++)
      samples[i] = this.#ring[(position + i) % this.#ring.length];
    return samples;
  }

  /**
   * `Float32Array [count]` at 16 kHz from `position16k` on (position / 3), low-passed at 7.2 kHz; silence before
   * the start. All of it must be on the timeline already.
   */
  read16k(position16k: number, count: number): Float32Array {
    this.#decimateUntil(position16k + count);
    const samples = new Float32Array(count);
    for (let i = Math.max(0, -position16k); i < count; i++) {
      samples[i] = this.#ring16k[(position16k + i) % this.#ring16k.length];
    }
    return samples;
  }

  #decimateUntil(end16k: number): void {
    const first = this.#end16k;
    if (end16k <= first) return;
    const source = this.read(
      first * DECIMATION - FILTER_TAPS + 1,
      (end16k - first - 1) * DECIMATION + FILTER_TAPS,
    );
    for (let at = first; at < end16k; at++) {
      const from = (at - first) * DECIMATION;
      let sum = 0;
      for (let tap = 0; tap < FILTER_TAPS; tap++) sum += lowPass[tap] * source[from + tap];
      this.#ring16k[at % this.#ring16k.length] = sum;
    }
    this.#end16k = end16k;
  }
}

/** Low-pass with a Hann window and unit gain; `cutoff` in cycles per sample. */
function windowedSinc(taps: number, cutoff: number): Float32Array {
  const kernel = new Float32Array(taps);
  let sum = 0;
  for (let i = 0; i < taps; i++) {
    const x = i - (taps - 1) / 2;
    const sinc = Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    kernel[i] = sinc * (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / taps));
    sum += kernel[i];
  }
  return kernel.map((value) => value / sum);
}
