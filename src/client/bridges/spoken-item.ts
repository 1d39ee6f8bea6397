import type { Word } from '../../contract/speech.ts';
import { Transcript } from './transcript.ts';

/** A part of an item that is one utterance: all of it, unless the connection broke or the voice ran dry meanwhile. */
interface Part {
  utterance: string;
  /** Of the item, where it begins and how far it was given. */
  fromMs: number;
  toMs: number;
  /** When it began to be heard, on this side's clock. */
  startedMs: number | undefined;
  /** How much of it was heard; undefined until its end is told. */
  playedMs: number | undefined;
}

/** Something that a model says, while it comes and is heard. */
export class SpokenItem {
  readonly name: string;
  /** Nothing more of it will come. */
  complete = false;
  /** Nothing more of it will be given to the face. */
  given = false;
  /** More of it has come than can be kept: the rest is not said. */
  full = false;
  /** It was interrupted: what comes late is not said. */
  cut = false;
  /** What becomes of it has been told to the model. */
  settled = false;
  readonly #parts: Part[] = [];
  readonly #transcript = new Transcript();
  readonly #words: Word[] = [];
  readonly #bytesPerMs: number;
  #bytes = 0;
  #givenBytes = 0;
  #broken = false;

  constructor(name: string, bytesPerMs: number) {
    this.name = name;
    this.#bytesPerMs = bytesPerMs;
  }

  /** So much of it has come. */
  get lengthMs(): number {
    return this.#bytes / this.#bytesPerMs;
  }

  /** Whether some of it has come that was not given to the face. */
  get held(): boolean {
    return this.#givenBytes < this.#bytes;
  }

  /** So much of it was given to the face and has not been heard. */
  aheadMs(nowMs: number): number {
    if (this.cut) return 0;
    const parts = this.#parts.filter(({ playedMs }) => playedMs === undefined);
    return parts.reduce((sum, part) => sum + part.toMs - part.fromMs - heardOf(part, nowMs), 0);
  }

  /** What was said last belongs to an utterance that takes no more; the next voice begins another. */
  break(): void {
    this.#broken = true;
  }

  /** What is not known to have begun to be heard counts as if it had, until it is told. */
  assumeStarted(nowMs: number): void {
    for (const part of this.#parts) part.startedMs ??= nowMs;
  }

  /** The utterance that is being spoken to, if any. */
  get utterance(): string | undefined {
    return this.#broken ? undefined : this.#parts.at(-1)?.utterance;
  }

  /** Whether some of it was given to the face that has not come to its end. */
  get waits(): boolean {
    return this.#parts.some(({ playedMs }) => playedMs === undefined);
  }

  /** Whether all of it has come and was heard. */
  get heardWhole(): boolean {
    return this.complete && !this.waits && this.heardMs() >= Math.floor(this.lengthMs);
  }

  /** Voice of it has come. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The next of it goes to the face. @returns the utterance to which it belongs */
  give(bytes: number, nowMs: number): string {
    const fromMs = this.#givenMs;
    this.#givenBytes += bytes;
    const last = this.#parts.at(-1);
    if (last && !this.#broken) {
      // Where the face had to wait for it, the clock has run ahead.
      if (last.startedMs !== undefined)
        last.startedMs = Math.max(last.startedMs, nowMs - (last.toMs - last.fromMs));
      last.toMs = this.#givenMs;
      return last.utterance;
    }
    this.#broken = false;
    const count = this.#parts.length;
    const utterance = count === 0 ? this.name : `${this.name}#${count + 1}`;
    this.#parts.push({ utterance, fromMs, toMs: this.#givenMs, startedMs: undefined, playedMs: undefined });
    return utterance;
  }

  transcribe(text: string): void {
    this.#words.push(...this.#transcript.push(text, this.lengthMs));
  }

  endTranscript(): void {
    this.#words.push(...this.#transcript.flush(this.lengthMs));
  }

  /** Words whose voice was given, with the utterance to which they belong. */
  takeWords(): { utterance: string; words: Word[] } | undefined {
    const part = this.#parts.at(-1);
    const held = this.#words.findIndex(({ startMs }) => startMs >= this.#givenMs);
    const count = this.given || held < 0 ? this.#words.length : held;
    if (!part || count === 0) return undefined;
    const words = this.#words.splice(0, count);
    if (part.playedMs !== undefined) return undefined;
    // What is placed behind the end is said before it.
    const at = (ms: number) => Math.max(0, Math.min(ms, this.#givenMs - 1) - part.fromMs);
    return {
      utterance: part.utterance,
      words: words.map(({ text, startMs, endMs }) => ({ text, startMs: at(startMs), endMs: at(endMs) })),
    };
  }

  started(utterance: string, nowMs: number): void {
    const part = this.#parts.find((one) => one.utterance === utterance);
    if (part) part.startedMs = nowMs;
  }

  /** @returns whether that was one of its utterances */
  ended(utterance: string, playedMs: number): boolean {
    const part = this.#parts.find((one) => one.utterance === utterance);
    if (!part) return false;
    part.playedMs = Math.min(playedMs, part.toMs - part.fromMs);
    if (part === this.#parts.at(-1)) this.break();
    return true;
  }

  /**
   * How far into it the face was heard, in whole milliseconds, never beyond its length. `nowMs`: taken for what has no
   * end of its own, where that will not be told any more.
   */
  heardMs(nowMs?: number): number {
    const heard = this.#parts.map((part) => {
      const ms = heardOf(part, nowMs);
      return ms > 0 ? part.fromMs + ms : 0;
    });
    return Math.floor(Math.min(this.lengthMs, Math.max(0, ...heard)));
  }

  get #givenMs(): number {
    return this.#givenBytes / this.#bytesPerMs;
  }
}

function heardOf({ fromMs, toMs, startedMs, playedMs }: Part, nowMs: number | undefined): number {
  const soFarMs = nowMs !== undefined && startedMs !== undefined ? nowMs - startedMs : 0;
  return Math.max(0, Math.min(playedMs ?? soFarMs, toMs - fromMs));
}
