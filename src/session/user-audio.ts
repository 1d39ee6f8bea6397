import { OpusEncoder } from '../audio/opus.ts';
import { floatToS16le } from '../audio/pcm.ts';
import {
  type Packet,
  type Stream,
  streamOf,
  USER_AUDIO,
  type UserAudioEncoding,
} from '../contract/outputs.ts';

/** What speech recognition wants. */
export const USER_AUDIO_RATE_HZ = 16000;
const PACKET_MS = 20;
const PACKET_SAMPLES = (USER_AUDIO_RATE_HZ * PACKET_MS) / 1000;
/** More than what networks make up for is a gap: the microphone was gone for a while. */
const GAP_MS = 200;
const OPUS_KBPS = 24;

/** What the user says, in packets for those who take it. Nothing is made that nobody takes. */
export class UserAudio {
  readonly #deliver: (packet: Packet) => void;
  #encodings: readonly UserAudioEncoding[] = [];
  #encoder: OpusEncoder | undefined;
  readonly #packet = new Float32Array(PACKET_SAMPLES);
  #filled = 0;
  /** Of the packet that is being filled. */
  #mediaTimeMs: number | undefined;

  constructor(deliver: (packet: Packet) => void) {
    this.#deliver = deliver;
  }

  /** What is made from now on; others than its own are left alone. */
  setStreams(streams: readonly Stream[]): void {
    const encodings = streams.flatMap(({ output }) => (output.kind === 'userAudio' ? [output.encoding] : []));
    if (encodings.length === 0) this.#pause();
    if (!encodings.includes('opus')) this.#closeEncoder();
    this.#encodings = encodings;
  }

  /** `samples`: mono at 16 kHz; `mediaTimeMs`: of what leaves the server as the last of them comes in. */
  hear(samples: Float32Array, mediaTimeMs: number): void {
    if (this.#encodings.length === 0) return;
    const dueMs = mediaTimeMs - (1000 * (this.#filled + samples.length)) / USER_AUDIO_RATE_HZ;
    // What has begun a packet before a gap stays: a stall of this machine looks the same, and loses nothing.
    if (this.#mediaTimeMs === undefined || dueMs > this.#mediaTimeMs + GAP_MS) {
      this.#mediaTimeMs = Math.max(0, dueMs);
    }
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + PACKET_SAMPLES - this.#filled);
      this.#packet.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === PACKET_SAMPLES) this.#leave();
    }
  }

  /** Idempotent. */
  close(): void {
    this.setStreams([]);
  }

  #leave(): void {
    const mediaTimeMs = this.#mediaTimeMs!;
    this.#filled = 0;
    this.#mediaTimeMs = mediaTimeMs + PACKET_MS;
    for (const encoding of this.#encodings) {
      const stream = streamOf(USER_AUDIO[encoding]).key;
      this.#deliver({ kind: 'userAudio', stream, mediaTimeMs, data: this.#encode(encoding) });
    }
  }

  #encode(encoding: UserAudioEncoding): Uint8Array {
    if (encoding === 'pcm') return floatToS16le(this.#packet);
    this.#encoder ??= new OpusEncoder({ sampleRateHz: USER_AUDIO_RATE_HZ, bitrateKbps: OPUS_KBPS });
    return this.#encoder.encode(this.#packet);
  }

  #pause(): void {
    this.#filled = 0;
    this.#mediaTimeMs = undefined;
  }

  #closeEncoder(): void {
    this.#encoder?.close();
    this.#encoder = undefined;
  }
}
