import { isDeepStrictEqual } from 'node:util';
import { VoiceDecoder } from '../audio/voice-decoder.ts';
import type { AudioFormat } from '../contract/formats.ts';
import type { Warning } from '../contract/session-events.ts';
import type { Word } from '../contract/speech.ts';
import type { SessionApi, Speaker } from '../session/session-api.ts';
import { VoiceBatch } from './voice-batch.ts';

const USUAL_FORMAT: AudioFormat = { encoding: 's16le', sampleRateHz: 16000 };

const LATE_VOICE: Warning = {
  code: 'late_voice',
  message:
    'Voice of an utterance that is over is dropped; another begins with a new name, or after speech.end or interrupt.',
};
const LATE_WORDS: Warning = {
  code: 'late_words',
  message: 'Words that come when they have been heard, or their utterance is over, are dropped.',
};

export interface VoiceFormats {
  /** Of what is to be spoken. */
  voice: AudioFormat;
  /** Of what a microphone hears. */
  microphone: AudioFormat;
  /** Whether the avatar listens to the microphone, or says what it hears. */
  listens: boolean;
}

/** The voice of one peer on its way to the session: decoded, told apart by what it is for, in pieces worth sending. */
export class PeerVoice {
  readonly #session: SessionApi;
  readonly #speaker: Speaker;
  readonly #warn: (warning: Warning) => void;
  readonly #batch: VoiceBatch;
  #formats: VoiceFormats = { voice: USUAL_FORMAT, microphone: USUAL_FORMAT, listens: false };
  #spoken: VoiceDecoder | undefined;
  #microphone: VoiceDecoder | undefined;
  /** The name of the utterance that came last. */
  #id: string | undefined;
  /** Of the speaker, when the decoder began with what it holds. */
  #turn = 0;
  /** The same, when something was last too late. */
  readonly #lateTurns = new Map<Warning, number>();

  /** `attempt`: runs what may fail, and tells the peer. `warn`: something was dropped, because it came too late. */
  constructor(
    { session, speaker }: { session: SessionApi; speaker: Speaker },
    { attempt, warn }: { attempt: (action: () => void) => void; warn: (warning: Warning) => void },
  ) {
    this.#session = session;
    this.#speaker = speaker;
    this.#warn = warn;
    this.#batch = new VoiceBatch((samples, voice) =>
      attempt(() => {
        if (!speaker.push(samples, voice)) this.#late(LATE_VOICE);
      }),
    );
  }

  /** What is to come; decoders go on where nothing changes. Throws `unsupported_audio`. */
  expect(formats: VoiceFormats): void {
    if (isDeepStrictEqual(this.#formats, formats)) return;
    this.#closeDecoders();
    this.#formats = formats;
    this.#spoken = new VoiceDecoder(formats.voice);
    this.#microphone = new VoiceDecoder(formats.microphone);
  }

  formatOf({ live }: { live?: boolean | undefined }): AudioFormat {
    return live ? this.#formats.microphone : this.#formats.voice;
  }

  /** Throws `unsupported_audio`, `session_closed`. */
  take(data: Uint8Array, { live, id }: { live: boolean; id: string | undefined }): void {
    if (live) this.#hear(data);
    else this.#say(data, id);
  }

  /** What waits to be joined goes now, so that what follows comes after it. */
  settle(): void {
    this.#batch.flush();
  }

  /** Throws `words_buffer_full`, `audio_buffer_full`, `session_closed`. */
  takeWords(words: readonly Word[], id: string | undefined): void {
    this.settle();
    if (this.#speaker.accepts(id)) this.#begin(id);
    if (!this.#speaker.addWords(words, id)) this.#late(LATE_WORDS);
  }

  /** The utterance is complete. */
  end(id: string | undefined): void {
    this.settle();
    if (this.#speaker.accepts(id)) {
      this.#begin(id);
      const rest = this.#spoken?.flush();
      if (rest?.length) this.#speaker.push(rest, { id });
    }
    this.#speaker.end(id);
  }

  /** All that was said before is dropped. */
  drop(): void {
    // The speaker itself knows what of the rest is late.
    if (this.#speaker.patient) return;
    this.#batch.clear();
    this.#spoken?.flush();
  }

  /** Idempotent. */
  close(): void {
    this.#batch.clear();
    this.#closeDecoders();
  }

  #hear(data: Uint8Array): void {
    this.#microphone ??= new VoiceDecoder(this.#formats.microphone);
    const samples = this.#microphone.decode(data);
    if (this.#formats.listens) this.#session.hearUser(samples);
    else this.#batch.add(samples, { live: true, id: undefined });
  }

  #say(data: Uint8Array, id: string | undefined): void {
    // The speaker may know no better before it has heard what waits.
    if (id !== undefined && id !== this.#id) this.settle();
    if (!this.#speaker.accepts(id)) {
      this.#late(LATE_VOICE);
      return;
    }
    this.#begin(id);
    this.#spoken ??= new VoiceDecoder(this.#formats.voice);
    try {
      this.#batch.add(this.#spoken.decode(data), { live: false, id });
    } catch (cause) {
      this.settle();
      this.#speaker.refuse(id);
      throw cause;
    }
  }

  /** Voice of this name comes: the utterance before is complete where that is a new one. */
  #begin(id: string | undefined): void {
    if (id !== undefined && id !== this.#id) {
      this.end(undefined);
      this.#id = id;
    }
    if (this.#turn === this.#speaker.turn) return;
    this.#turn = this.#speaker.turn;
    // Half a sample that was left over belongs to what is over now.
    this.#spoken?.flush();
  }

  /** Told once of what is late together. */
  #late(warning: Warning): void {
    if (this.#lateTurns.get(warning) === this.#speaker.turn) return;
    this.#lateTurns.set(warning, this.#speaker.turn);
    this.#warn(warning);
  }

  #closeDecoders(): void {
    this.#spoken?.close();
    this.#microphone?.close();
  }
}
