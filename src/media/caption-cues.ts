import type { Word } from '../contract/speech.ts';
import type { Cue } from './webvtt.ts';

/** Two lines, as subtitles of television have them. */
const LINE_CHARACTERS = 42;
const MOST_CHARACTERS = 2 * LINE_CHARACTERS;
const LONGEST_MS = 7000;
/** A pause that is seen. */
const PAUSE_MS = 700;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/;

/** Gathers words into cues that can be read: sentences, or parts of them that fit into two lines. */
export class CaptionCues {
  #words: Word[] = [];

  /** @returns the cue that is complete now, if one is */
  push(word: Word): Cue | undefined {
    const before = this.#fits(word) ? undefined : this.flush();
    this.#words.push(word);
    if (before) return before;
    return SENTENCE_END.test(word.text) ? this.flush() : undefined;
  }

  /** The words so far as a cue, which ends no later than `latestMs`. */
  flush(latestMs = Number.POSITIVE_INFINITY): Cue | undefined {
    const words = this.#words;
    if (words.length === 0) return undefined;
    this.#words = [];
    const endMs = Math.min(latestMs, Math.max(...words.map((word) => word.endMs)));
    return { text: inLines(words.map(({ text }) => text)), startMs: words[0].startMs, endMs };
  }

  #fits({ text, startMs, endMs }: Word): boolean {
    const [first, last] = [this.#words[0], this.#words.at(-1)];
    if (!first || !last) return true;
    if (SENTENCE_END.test(last.text)) return false;
    const characters = this.#words.reduce((sum, word) => sum + word.text.length + 1, text.length);
    return (
      characters <= MOST_CHARACTERS && endMs - first.startMs <= LONGEST_MS && startMs - last.endMs < PAUSE_MS
    );
  }
}

/** @param words in the order in which they are said */
export function cuesOf(words: readonly Word[]): Cue[] {
  const cues = new CaptionCues();
  return [...words.map((word) => cues.push(word)), cues.flush()].filter((cue) => cue !== undefined);
}

/** In two lines about as long, where one would be too long. */
function inLines(words: readonly string[]): string {
  const text = words.join(' ');
  if (text.length <= LINE_CHARACTERS) return text;
  let first = '';
  for (const word of words) {
    const longer = first === '' ? word : `${first} ${word}`;
    if (first !== '' && Math.abs(2 * longer.length - text.length) > Math.abs(2 * first.length - text.length))
      break;
    first = longer;
  }
  return first.length === text.length ? text : `${first}\n${text.slice(first.length + 1)}`;
}
