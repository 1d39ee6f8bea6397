import { isDeepStrictEqual } from 'node:util';
import { VoiceDecoder } from '../audio/voice-decoder.ts';
import type { AudioFormat } from '../contract/formats.ts';
import { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import { VoiceBatch } from './voice-batch.ts';

const FULL_INTERVAL_MS = 1000;
const USUAL_FORMAT: AudioFormat = { encoding: 's16le', sampleRateHz: 16000 };

/** The voice of one peer on its way to the session: decoded, told apart by what it is for, in pieces worth sending. */
export class PeerVoice {
  readonly #session: SessionApi;
  readonly #batch: VoiceBatch;
  #spoken: VoiceDecoder | undefined;
  /** For what the user says, where the microphone is listened to. */
  #user: VoiceDecoder | undefined;
  #lastFullMs = Number.NEGATIVE_INFINITY;

  /** `attempt`: runs what may fail, and tells the peer. */
  constructor(session: SessionApi, attempt: (action: () => void) => void) {
    this.#session = session;
    this.#batch = new VoiceBatch((samples, live) => attempt(() => this.#speak(samples, live)));
  }

  /** What is to come; decoders go on where nothing changes. Throws `unsupported_audio`. */
  expect(format: AudioFormat, { listens }: { listens: boolean }): void {
    const asBefore = isDeepStrictEqual(this.#spoken?.format, format);
    if (asBefore && listens === (this.#user !== undefined)) return;
    this.#closeDecoders();
    this.#spoken = new VoiceDecoder(format);
    this.#user = listens ? new VoiceDecoder(format) : undefined;
  }

  /** Throws `unsupported_audio`, `session_closed`. */
  take(data: Uint8Array, live: boolean): void {
    if (live && this.#user) {
      this.#session.hearUser(this.#user.decode(data));
      return;
    }
    this.#spoken ??= new VoiceDecoder(USUAL_FORMAT);
    this.#batch.add(this.#spoken.decode(data), live);
  }

  /** What waits to be joined goes now, so that what follows comes after it. */
  settle(): void {
    this.#batch.flush();
  }

  /** The utterance is complete. */
  end(): void {
    const rest = this.#spoken?.flush();
    if (rest?.length) this.#session.pushVoice(rest);
    this.#session.endSpeech();
  }

  /** Half a sample that was left over belongs to what is over now. */
  forgetRest(): void {
    this.#spoken?.flush();
  }

  /** Nothing that was said is to be heard any more. */
  drop(): void {
    this.#batch.clear();
    this.forgetRest();
  }

  /** Idempotent. */
  close(): void {
    this.#batch.clear();
    this.#closeDecoders();
  }

  /** That there is too much is told once a second, however much is refused. */
  #speak(samples: Float32Array, live: boolean): void {
    try {
      this.#session.pushVoice(samples, { live });
    } catch (cause) {
      if (!(cause instanceof VultusError) || cause.code !== 'audio_buffer_full') throw cause;
      const nowMs = performance.now();
      if (nowMs - this.#lastFullMs < FULL_INTERVAL_MS) return;
      this.#lastFullMs = nowMs;
      throw cause;
    }
  }

  #closeDecoders(): void {
    this.#spoken?.close();
    this.#user?.close();
  }
}
