import type { Word } from '../../contract/speech.ts';

/** English, Spanish, German and French are spoken at 13 to 17 characters a second. */
const MS_PER_CHARACTER = 65;

/**
 * Pieces of a transcript, which may begin and end anywhere, as whole words. Models tell no times of them: each word is
 * placed where the voice stood when it began to come.
 */
export class Transcript {
  #rest = '';
  #restAtMs = 0;

  /** @returns the words that are whole now */
  push(text: string, atMs: number): Word[] {
    const words: Word[] = [];
    for (const piece of text.split(/(?<=\s)/)) {
      if (this.#rest === '') this.#restAtMs = atMs;
      this.#rest += piece;
      if (/\s$/.test(piece)) words.push(...this.flush());
    }
    return words;
  }

  /** The last word, which nothing follows. */
  flush(): Word[] {
    const text = this.#rest.trim();
    this.#rest = '';
    if (text === '') return [];
    const startMs = this.#restAtMs;
    return [{ text, startMs, endMs: startMs + MS_PER_CHARACTER * (text.length + 1) }];
  }
}
