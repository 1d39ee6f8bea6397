import type { Word } from '../../contract/speech.ts';

/** English, Spanish, German and French are spoken at 13 to 17 characters a second. */
const MS_PER_CHARACTER = 65;
/** A transcript that seems further ahead of its voice is one that is spoken faster. */
const MOST_AHEAD_MS = 2000;

/**
 * Pieces of a transcript, which may begin and end anywhere, as whole words. Models tell no times of them, and give them
 * before their voice or after it: each word is placed behind the one before, and no longer before the end of the voice
 * that has come than it takes to say what came with it.
 */
export class Transcript {
  #rest = '';
  #endMs = 0;

  /** `atMs`: how much voice has come. @returns the words that are whole now */
  push(text: string, atMs: number): Word[] {
    const pieces = `${this.#rest}${text}`.split(/(?<=\s)/);
    this.#rest = /\S$/.test(pieces.at(-1)!) ? pieces.pop()! : '';
    return this.#place(pieces, atMs);
  }

  /** The last word, which nothing follows. */
  flush(atMs: number): Word[] {
    const rest = this.#rest;
    this.#rest = '';
    return this.#place([rest], atMs);
  }

  #place(pieces: readonly string[], atMs: number): Word[] {
    const texts = pieces.map((piece) => piece.trim()).filter((text) => text !== '');
    if (texts.length === 0) return [];
    const durationMs = (text: string) => MS_PER_CHARACTER * (text.length + 1);
    const togetherMs = texts.reduce((sum, text) => sum + durationMs(text), 0);
    // A transcript that comes whole before its voice says nothing of how fast that is.
    const mostMs = atMs > 0 ? atMs + MOST_AHEAD_MS : Number.POSITIVE_INFINITY;
    this.#endMs = Math.max(Math.min(this.#endMs, mostMs), atMs - togetherMs);
    return texts.map((text) => {
      const startMs = this.#endMs;
      this.#endMs += durationMs(text);
      return { text, startMs, endMs: this.#endMs };
    });
  }
}
