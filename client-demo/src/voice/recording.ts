import { type LiveConnection, speakPaced, type Word } from '../../../src/client/index.ts';
import { decodeAudio } from './decode.ts';
import type { VoiceKind, VoiceSource } from './voice-source.ts';

/** A recording that is decoded in the page and sent as messages: what sample voices and files share. */
export abstract class Recording implements VoiceSource {
  abstract readonly kind: VoiceKind;
  readonly recorded = true;
  readonly #onProgress: (share: number) => void;
  #decoded: { file: Blob; sampleRateHz: number; samples: Float32Array } | undefined;

  constructor(onProgress: (share: number) => void) {
    this.#onProgress = onProgress;
  }

  /** The sound to speak. Throws an Error to show. */
  protected abstract load(): Promise<Blob>;

  /** What is said in it, where that is known. */
  protected get words(): readonly Word[] {
    return [];
  }

  abstract prepare(): Promise<void>;

  async attach(): Promise<void> {}

  async speak(live: LiveConnection, signal: AbortSignal): Promise<void> {
    if (live.audio.encoding !== 's16le') throw new Error('Recordings are sent as s16le.');
    const { sampleRateHz } = live.audio;
    const samples = await this.#samples(sampleRateHz);
    if (signal.aborted || live.closed) return;
    const totalMs = (samples.length / sampleRateHz) * 1000;
    try {
      await speakPaced(live, samples, {
        sampleRateHz,
        words: this.words,
        signal,
        onProgress: (sentMs) => this.#onProgress(sentMs / totalMs),
      });
    } finally {
      this.#onProgress(0);
    }
  }

  async detach(): Promise<void> {}

  async #samples(sampleRateHz: number): Promise<Float32Array> {
    const file = await this.load();
    if (this.#decoded?.file !== file || this.#decoded.sampleRateHz !== sampleRateHz) {
      this.#decoded = { file, sampleRateHz, samples: await decodeAudio(file, sampleRateHz) };
    }
    return this.#decoded.samples;
  }
}
