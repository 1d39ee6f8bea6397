import { VoiceDecoder } from '../../audio/voice-decoder.ts';
import type { Speaker } from '../../session/session-api.ts';
import type { Segment } from './segment.ts';

/** Of a session (48 kHz), for each byte of a second that has one sample: s16le has two. */
const SAMPLES_PER_BYTE_AT_1_HZ = 24_000;

/** Segments as utterances of a session, each named by its number. */
export class SegmentVoice {
  readonly #speaker: Speaker;
  readonly #prefix: string;
  /** Of the segment that is being said: they are said one after the other. */
  #current: { number: number; mixer: ChannelMixer; decoder: VoiceDecoder } | undefined;

  /** `prefix`: of the names, so that they are nobody else's in this session. */
  constructor(speaker: Speaker, prefix: string) {
    this.#speaker = speaker;
    this.#prefix = prefix;
    speaker.patient = true;
  }

  /** @returns the number of a segment by the name of its utterance; undefined for those of others */
  numberOf(id: string | undefined): number | undefined {
    return id?.startsWith(this.#prefix) ? Number(id.slice(this.#prefix.length)) : undefined;
  }

  /** @returns false where the session has no room for it now. Throws `session_closed`, `unsupported_audio` */
  say(segment: Segment, data: Uint8Array): boolean {
    const { sampleRateHz, channels } = segment.format!;
    const samples = Math.ceil((data.length * SAMPLES_PER_BYTE_AT_1_HZ) / (sampleRateHz * channels));
    if (!this.#speaker.hasRoom(samples)) return false;
    const { mixer, decoder } = this.#decoderOf(segment);
    const voice = decoder.decode(mixer.mix(data));
    if (voice.length > 0) this.#speaker.push(voice, { id: this.#idOf(segment) });
    return true;
  }

  complete(segment: Segment): void {
    if (this.#current?.number === segment.number) {
      const rest = this.#current.decoder.flush();
      if (rest.length > 0) this.#speaker.push(rest, { id: this.#idOf(segment) });
      this.#closeDecoder();
    }
    this.#speaker.end(this.#idOf(segment));
  }

  drop(segment: Segment): void {
    if (this.#current?.number === segment.number) this.#closeDecoder();
    this.#speaker.interrupt(this.#idOf(segment));
  }

  /** Idempotent. */
  close(): void {
    this.#closeDecoder();
  }

  #idOf({ number }: Segment): string {
    return `${this.#prefix}${number}`;
  }

  #decoderOf({ number, format }: Segment) {
    if (this.#current?.number === number) return this.#current;
    this.#closeDecoder();
    const { sampleRateHz, channels } = format!;
    const decoder = new VoiceDecoder({ encoding: 's16le', sampleRateHz });
    this.#current = { number, mixer: new ChannelMixer(channels), decoder };
    return this.#current;
  }

  #closeDecoder(): void {
    this.#current?.decoder.close();
    this.#current = undefined;
  }
}

/** Interleaved s16le of several channels, cut anywhere, to one: their mean. */
class ChannelMixer {
  readonly #channels: number;
  #rest = new Uint8Array(0);

  constructor(channels: number) {
    this.#channels = channels;
  }

  mix(data: Uint8Array): Uint8Array {
    if (this.#channels === 1) return data;
    const bytes = new Uint8Array(this.#rest.length + data.length);
    bytes.set(this.#rest);
    bytes.set(data, this.#rest.length);
    const frameBytes = 2 * this.#channels;
    const frames = Math.floor(bytes.length / frameBytes);
    this.#rest = bytes.slice(frames * frameBytes);
    const from = new DataView(bytes.buffer);
    const mixed = new DataView(new ArrayBuffer(2 * frames));
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < this.#channels; channel++)
        sum += from.getInt16(frame * frameBytes + 2 * channel, true);
      mixed.setInt16(2 * frame, Math.round(sum / this.#channels), true);
    }
    return new Uint8Array(mixed.buffer);
  }
}
