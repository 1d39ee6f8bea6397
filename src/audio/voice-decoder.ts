import type { AudioFormat } from '../contract/formats.ts';
import { VultusError } from '../errors.ts';
import { g711ToFloat } from './g711.ts';
import { OpusDecoder } from './opus.ts';
import { S16leReader } from './pcm.ts';
import { Resampler } from './resampler.ts';
import { SoundFileGuard } from './sound-file-guard.ts';

/** The rate at which sessions take the voice. */
export const VOICE_RATE_HZ = 48000;

interface Reader {
  read(data: Uint8Array): Float32Array;
  flush(): Float32Array;
  close(): void;
}

/** The voice as a client sends it, message by message, to 48 kHz mono. */
export class VoiceDecoder {
  readonly format: AudioFormat;
  readonly #reader: Reader;

  /** Throws `unsupported_audio` for a rate outside 8–48 kHz. */
  constructor(format: AudioFormat) {
    this.format = format;
    this.#reader = format.encoding === 'opus' ? new OpusReader() : new PcmReader(format);
  }

  /**
   * `data`: bytes of s16le or G.711, cut anywhere, or exactly one Opus packet. `Float32Array [samples at 48 kHz]`.
   * Throws `unsupported_audio`, also where a sound file comes in place of bare samples or packets.
   */
  decode(data: Uint8Array): Float32Array {
    return this.#reader.read(data);
  }

  /** The last samples of an utterance; what comes after starts anew. */
  flush(): Float32Array {
    return this.#reader.flush();
  }

  /** Idempotent. */
  close(): void {
    this.#reader.close();
  }
}

/** Bytes of samples, cut anywhere. */
type SampleReader = Pick<S16leReader, 'read' | 'reset'>;

class PcmReader implements Reader {
  readonly #guard = new SoundFileGuard();
  readonly #bytes: SampleReader;
  readonly #resampler: Resampler;

  constructor({ encoding, sampleRateHz }: Exclude<AudioFormat, { encoding: 'opus' }>) {
    if (!Number.isInteger(sampleRateHz) || sampleRateHz < 8000 || sampleRateHz > 48000) {
      throw new VultusError('unsupported_audio', `a rate of ${sampleRateHz} Hz`);
    }
    this.#bytes =
      encoding === 's16le'
        ? new S16leReader()
        : { read: (octets) => g711ToFloat(octets, encoding), reset: () => {} };
    this.#resampler = new Resampler(sampleRateHz, VOICE_RATE_HZ);
  }

  read(data: Uint8Array): Float32Array {
    const bytes = this.#guard.pass(data);
    return bytes ? this.#resampler.process(this.#bytes.read(bytes)) : new Float32Array(0);
  }

  flush(): Float32Array {
    const head = this.#resampler.process(this.#bytes.read(this.#guard.end()));
    this.#bytes.reset();
    return Float32Array.of(...head, ...this.#resampler.flush());
  }

  close(): void {
    this.#resampler.close();
  }
}

class OpusReader implements Reader {
  readonly #guard = new SoundFileGuard();
  #decoder = new OpusDecoder();

  read(data: Uint8Array): Float32Array {
    const packet = this.#guard.pass(data, { whole: true });
    return packet ? this.#decoder.decode(packet) : new Float32Array(0);
  }

  flush(): Float32Array {
    this.#guard.end();
    this.#decoder.close();
    this.#decoder = new OpusDecoder();
    return new Float32Array(0);
  }

  close(): void {
    this.#decoder.close();
  }
}
