import type { EngineEvent, LastWord, WordEvent } from '../../contract/session-events.ts';
import type { Word } from '../../contract/speech.ts';
import { VultusError } from '../../errors.ts';

/** Of all utterances together: a quarter of an hour, while the voice of two minutes is kept. */
const MOST_WAITING = 2000;

interface Words {
  /** That were given so far. */
  count: number;
  /** Those that were not heard yet, in the order in which they are. */
  waiting: (Word & { index: number })[];
  last: LastWord | undefined;
}

/** How much of an utterance has been heard, and the media time at which that ended. */
export interface Heard {
  utterance: number;
  playedMs: number;
  untilMs: number;
}

/**
 * The words of a session's utterances, until they are heard. The engine knows nothing of them: it tells how far the
 * voice has come, so that words follow it through gaps, pauses and from one engine to the next.
 */
export class LineWords {
  readonly #words = new Map<number, Words>();
  #waiting = 0;
  #heard: Heard | undefined;

  /**
   * @returns whether all of them are still to be heard: those that are over already are dropped
   * @throws VultusError `words_buffer_full`, and takes none
   */
  add(utterance: number, words: readonly Word[]): boolean {
    if (this.#waiting + words.length > MOST_WAITING) {
      const detail = `${MOST_WAITING} words are kept, ${this.#waiting} wait, ${words.length} came`;
      throw new VultusError('words_buffer_full', detail);
    }
    const entry: Words = this.#words.get(utterance) ?? { count: 0, waiting: [], last: undefined };
    this.#words.set(utterance, entry);
    const playedMs = this.#heard?.utterance === utterance ? this.#heard.playedMs : 0;
    let late = false;
    for (const { text, startMs, endMs } of words) {
      const word = { text, startMs, endMs, index: entry.count++ };
      if (startMs < playedMs && endMs <= playedMs) late = true;
      else {
        const before = entry.waiting.findLastIndex((other) => other.startMs <= startMs);
        entry.waiting.splice(before + 1, 0, word);
        this.#waiting++;
      }
    }
    return !late;
  }

  /** @returns the words that have begun since this was told last */
  hear(heard: Heard): EngineEvent[] {
    this.#heard = heard;
    const entry = this.#words.get(heard.utterance);
    if (!entry) return [];
    const begun = entry.waiting.findIndex(({ startMs }) => startMs >= heard.playedMs);
    const words = this.#take(entry, begun < 0 ? entry.waiting.length : begun);
    entry.last = lastOf(words) ?? entry.last;
    return words.map((word) => ({ name: 'speech.word', value: at(word, heard) }));
  }

  /** What waits of these will not be heard. */
  drop(utterances: readonly number[]): void {
    for (const utterance of utterances) {
      const entry = this.#words.get(utterance);
      if (entry) this.#take(entry, entry.waiting.length);
    }
  }

  /** Its end is told after so much of it: forgets it. @returns the words that have begun since, and the last of all */
  end(utterance: number, playedMs: number): { words: EngineEvent[]; last: LastWord | undefined } {
    const { untilMs, playedMs: before } = this.#of(utterance);
    const words = this.hear({ utterance, playedMs, untilMs: untilMs + playedMs - before });
    const last = this.#words.get(utterance)?.last;
    this.drop([utterance]);
    this.#words.delete(utterance);
    return { words, last };
  }

  #of(utterance: number): Heard {
    const known = this.#heard;
    return known?.utterance === utterance ? known : { utterance, playedMs: 0, untilMs: known?.untilMs ?? 0 };
  }

  #take(entry: Words, count: number): Words['waiting'] {
    this.#waiting -= count;
    return entry.waiting.splice(0, count);
  }
}

function lastOf(words: Words['waiting']): LastWord | undefined {
  const word = words.at(-1);
  return word && { index: word.index, text: word.text };
}

function at(word: Words['waiting'][number], { utterance, playedMs, untilMs }: Heard): WordEvent {
  return { utterance, ...word, mediaTimeMs: untilMs - (playedMs - word.startMs) };
}
