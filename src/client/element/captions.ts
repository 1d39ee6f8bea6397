import type { LiveConnection, LiveEvents } from '../live-connection.ts';

/** As many are kept of utterances that are not spoken yet. */
const MOST = 100;
/** Of words that are shown together: two lines. */
const MOST_CHARACTERS = 84;
/** After so long without one, a word begins anew. */
const PAUSE_MS = 1500;

/**
 * What is spoken, in writing: the words of an utterance one by one as they are heard, where its sender gave them;
 * otherwise the text that was given to its name.
 */
export class Captions {
  readonly #texts = new Map<string, string>();
  readonly #show: (text: string) => void;
  #spoken: string | undefined;
  /** Of the utterance that is spoken. */
  #words: { text: string; untilMs: number } | undefined;

  /** `show`: with an empty text where nothing is to be shown. */
  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  add(utterance: string, text: string): void {
    this.#texts.delete(utterance);
    this.#texts.set(utterance, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MOST) this.#texts.delete(oldest);
    if (utterance === this.#spoken) this.refresh();
  }

  follow(live: LiveConnection): void {
    live.on('speech.started', ({ id }) => {
      this.#spoken = id;
      this.#words = undefined;
      this.refresh();
    });
    live.on('speech.word', (word) => this.#add(word));
    live.on('speech.ended', ({ id }) => {
      if (id !== undefined) this.#texts.delete(id);
      if (id === this.#spoken) this.clear();
    });
  }

  clear(): void {
    this.#spoken = undefined;
    this.#words = undefined;
    this.refresh();
  }

  /** Shows again what is spoken. */
  refresh(): void {
    this.#show(this.#words?.text ?? this.#texts.get(this.#spoken ?? '') ?? '');
  }

  #add({ text, startMs, endMs }: LiveEvents['speech.word']): void {
    const before = this.#words;
    const joined = before && `${before.text} ${text}`;
    const goesOn = joined && joined.length <= MOST_CHARACTERS && startMs - before.untilMs < PAUSE_MS;
    this.#words = { text: goesOn ? joined : text, untilMs: endMs };
    this.refresh();
  }
}
