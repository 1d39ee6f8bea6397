/** Opus (RFC 6716) mono at 48 kHz by libopus, behind two small typed classes. */
import { createRequire } from 'node:module';
import { VultusError } from '../errors.ts';
import { floatToS16le, s16leToFloat } from './pcm.ts';

export const OPUS_SAMPLE_RATE_HZ = 48000;
/** Length of one packet that we send. */
export const OPUS_PACKET_MS = 20;
/** By how much decoded sound follows what was encoded (`OPUS_GET_LOOKAHEAD`, 312 samples at 48 kHz). */
export const OPUS_LOOKAHEAD_MS = 6.5;

/** The longest packet that RFC 6716 allows. */
const MAX_PACKET_MS = 120;

// The package's own typings declare a module that does not resolve under `verbatimModuleSyntax`.
interface LibOpus {
  encode(pcm: Buffer): Buffer;
  decode(packet: Buffer): Buffer;
  applyEncoderCTL(request: number, value: number): void;
  setBitrate(bitrate: number): void;
}
const { OpusEncoder: LibOpus } = createRequire(import.meta.url)('@discordjs/opus') as {
  OpusEncoder: new (sampleRateHz: number, channels: number) => LibOpus;
};

/** opus_defines.h */
const SET_COMPLEXITY = 4010;
const SET_INBAND_FEC = 4012;
const SET_PACKET_LOSS_PERCENT = 4014;

export interface OpusEncoderOptions {
  /** Rate of the samples given to `encode`; packets decode to 48 kHz in any case. */
  sampleRateHz?: 8000 | 12000 | 16000 | 24000 | 48000;
  bitrateKbps?: number;
}

/** One stream of 20 ms mono packets. */
export class OpusEncoder {
  /** Samples that one `encode` takes. */
  readonly samplesPerPacket: number;
  #encoder: LibOpus | undefined;

  constructor({ sampleRateHz = OPUS_SAMPLE_RATE_HZ, bitrateKbps = 48 }: OpusEncoderOptions = {}) {
    this.samplesPerPacket = (sampleRateHz * OPUS_PACKET_MS) / 1000;
    const encoder = new LibOpus(sampleRateHz, 1);
    encoder.setBitrate(bitrateKbps * 1000);
    encoder.applyEncoderCTL(SET_COMPLEXITY, 5);
    encoder.applyEncoderCTL(SET_INBAND_FEC, 1);
    encoder.applyEncoderCTL(SET_PACKET_LOSS_PERCENT, 5);
    this.#encoder = encoder;
  }

  /** `samples`: `Float32Array [samplesPerPacket]`, −1..1. Throws `encoder_failed`. */
  encode(samples: Float32Array): Uint8Array {
    if (!this.#encoder) throw new VultusError('encoder_failed', 'the Opus encoder is closed');
    if (samples.length !== this.samplesPerPacket) {
      const detail = `${samples.length} samples instead of ${this.samplesPerPacket}`;
      throw new VultusError('encoder_failed', detail);
    }
    return new Uint8Array(this.#encoder.encode(floatToS16le(samples)));
  }

  /** Lets go of the native encoder. Idempotent. */
  close(): void {
    this.#encoder = undefined;
  }
}

/** One stream of packets of any Opus mode, mono or stereo, to 48 kHz mono. */
export class OpusDecoder {
  #decoder: LibOpus | undefined = new LibOpus(OPUS_SAMPLE_RATE_HZ, 1);
  #lastToc = 0;

  /** `Float32Array [samples at 48 kHz]`. Throws `unsupported_audio` for what is not an Opus packet. */
  decode(packet: Uint8Array): Float32Array {
    if (packet.length === 0) throw new VultusError('unsupported_audio', 'an empty Opus packet');
    const samples = this.#decode(packet);
    this.#lastToc = packet[0];
    return samples;
  }

  /**
   * What libopus makes up for one lost packet like the one before. A packet that is only a table-of-contents
   * byte has frames of no length, and libopus conceals exactly those (opus_decoder.c, `len <= 1`).
   */
  conceal(): Float32Array {
    return this.#decode(Uint8Array.of(this.#lastToc & 0xfc));
  }

  /** Lets go of the native decoder. Idempotent. */
  close(): void {
    this.#decoder = undefined;
  }

  #decode(packet: Uint8Array): Float32Array {
    if (!this.#decoder) throw new VultusError('unsupported_audio', 'the Opus decoder is closed');
    try {
      const pcm = this.#decoder.decode(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
      return s16leToFloat(pcm);
    } catch (cause) {
      throw new VultusError('unsupported_audio', 'not a valid Opus packet', { cause });
    }
  }
}

/** Length of an Opus packet from its table-of-contents byte (RFC 6716 §3.1), or undefined where it is damaged. */
export function opusPacketMs(packet: Uint8Array): number | undefined {
  if (packet.length === 0) return undefined;
  const config = packet[0] >> 3;
  const frameMs =
    config < 12 ? [10, 20, 40, 60][config & 3] : config < 16 ? [10, 20][config & 1] : 2.5 * 2 ** (config & 3);
  const code = packet[0] & 3;
  if (code === 3 && packet.length < 2) return undefined;
  const frames = code === 0 ? 1 : code === 3 ? packet[1] & 0x3f : 2;
  const packetMs = frames * frameMs;
  return packetMs > 0 && packetMs <= MAX_PACKET_MS ? packetMs : undefined;
}
