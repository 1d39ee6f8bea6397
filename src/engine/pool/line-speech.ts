import type { EngineEvent } from '../../contract/session-events.ts';
import type { SpeechEnd, Word } from '../../contract/speech.ts';
import { VultusError } from '../../errors.ts';
import type { ResumePoint, SessionProgress, ToSession } from '../messages.ts';
import { LineWords } from './line-words.ts';
import { VoiceJournal } from './voice-journal.ts';

/** Of voice that waits to be spoken. */
const KEPT_SECONDS = 120;
const RATE_HZ = 48000;
const SAMPLES_PER_MS = RATE_HZ / 1000;
const MOST_UTTERANCES = 1000;

/**
 * The utterances of a session from their beginning until their end has been told, and the voice of them that was not
 * played: what another engine needs to go on. Sees to it that each end is told once, and words as they are heard.
 */
export class LineSpeech {
  readonly #journal = new VoiceJournal();
  readonly #words = new LineWords();
  /** Begun, and their end not told: in the order of their numbers, with the end that they will come to. */
  readonly #open = new Map<number, SpeechEnd | undefined>();
  /** The first of them, once its start has been told. */
  #started: { utterance: number; stalled: boolean } | undefined;

  /** @throws VultusError `audio_buffer_full` */
  assertRoom(samples: number): void {
    const { samples: waiting, full } = this.#journal;
    if (waiting + samples > KEPT_SECONDS * RATE_HZ || full) {
      const s = (count: number) => Math.round((count / RATE_HZ) * 100) / 100;
      const detail = `${KEPT_SECONDS} s of voice are kept, ${s(waiting)} s wait, ${s(samples)} s came`;
      throw new VultusError('audio_buffer_full', full ? `${detail}; it is in too many pieces` : detail);
    }
    if (this.#open.size >= MOST_UTTERANCES) {
      throw new VultusError('audio_buffer_full', `${MOST_UTTERANCES} utterances are kept, as many wait`);
    }
  }

  begin(utterance: number): void {
    this.#open.set(utterance, undefined);
  }

  add(utterance: number, samples: Float32Array, live: boolean): void {
    this.#journal.add(utterance, samples, live);
  }

  /** @returns whether none of them comes too late; throws `words_buffer_full` */
  addWords(utterance: number, words: readonly Word[]): boolean {
    if (!this.#open.has(utterance) || this.#open.get(utterance) === 'interrupted') return false;
    return this.#words.add(utterance, words);
  }

  end(utterance: number, end: SpeechEnd): void {
    this.#open.set(utterance, end);
  }

  interrupt(utterances: readonly number[]): void {
    for (const utterance of utterances) this.#open.set(utterance, 'interrupted');
    this.#journal.drop(new Set(utterances));
    this.#words.drop(utterances);
  }

  /** Only the last `samples` of the voice are not played yet. */
  keepLast(samples: number): void {
    this.#journal.keepLast(samples);
  }

  /** Takes note of how far the voice has come. @returns what there is to tell */
  played(current: SessionProgress['current']): EngineEvent[] {
    if (!current) return [];
    const { utterance, playedSamples, untilMs } = current;
    return this.#words.hear({ utterance, playedMs: playedSamples / SAMPLES_PER_MS, untilMs });
  }

  /** Takes note of what the engine tells. @returns what of it is news, and what follows from it, in order */
  note(event: EngineEvent): EngineEvent[] {
    const { name, value } = event;
    switch (name) {
      case 'speech.started':
        this.#started = { utterance: value.utterance, stalled: false };
        this.#words.hear({ utterance: value.utterance, playedMs: 0, untilMs: value.mediaTimeMs });
        return [event];
      case 'speech.stalled':
      case 'speech.continued':
        if (this.#started?.utterance === value.utterance) this.#started.stalled = name === 'speech.stalled';
        return [event];
      case 'speech.ended': {
        if (this.#started?.utterance === value.utterance) this.#started = undefined;
        if (!this.#open.delete(value.utterance)) return [];
        const { words, last } = this.#words.end(value.utterance, value.playedMs);
        return [...words, last ? { name, value: { ...value, lastWord: last } } : event];
      }
      default:
        return [event];
    }
  }

  /** Where another engine goes on that has come so far. */
  underWay(current: SessionProgress['current']): ResumePoint['underWay'] {
    if (!this.#started) return undefined;
    const { utterance } = this.#started;
    const playedSamples = current?.utterance === utterance ? current.playedSamples : 0;
    return { ...this.#started, playedSamples };
  }

  /** What another engine has to be told: all again that has not come to its end. */
  replay(epoch: number): ToSession[] {
    const open = [...this.#open];
    const interrupted = open.filter(([, end]) => end === 'interrupted').map(([utterance]) => utterance);
    return [
      ...open.map(([utterance]): ToSession => ({ type: 'speech.begin', utterance })),
      { type: 'interrupt', epoch, utterances: interrupted },
      ...this.#journal.entries().map((entry): ToSession => ({ type: 'voice', ...entry })),
      ...open.flatMap(([utterance, end]): ToSession[] =>
        end && end !== 'interrupted' ? [{ type: 'speech.end', utterance, end }] : [],
      ),
    ];
  }
}
