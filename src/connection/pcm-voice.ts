import { floatToS16le } from '../audio/pcm.ts';
import { Resampler } from '../audio/resampler.ts';
import type { PcmFormat } from '../contract/formats.ts';

/** Of voice packets, and of what the engine makes. */
const VOICE_RATE_HZ = 48_000;

/** The voice of a session in samples of another rate, packet by packet. Owns its resampler. */
export class PcmVoice {
  readonly format: PcmFormat;
  readonly #resampler: Resampler | undefined;

  /** Throws `unsupported_audio`. */
  constructor(format: PcmFormat) {
    this.format = format;
    const { sampleRateHz } = format;
    if (sampleRateHz !== VOICE_RATE_HZ) this.#resampler = new Resampler(VOICE_RATE_HZ, sampleRateHz);
  }

  /** `samples`: mono float32 at 48 kHz. The first packets of a stream give some samples less: those of half a filter. */
  bytesOf(samples: Float32Array): Uint8Array {
    return floatToS16le(this.#resampler?.process(samples) ?? samples);
  }

  /** Idempotent. */
  close(): void {
    this.#resampler?.close();
  }
}
