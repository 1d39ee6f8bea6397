import type { LiveConnection } from '../live-connection.ts';

/** As many are kept of utterances that are not spoken yet. */
const MOST = 100;

/** Texts of utterances, each shown while its utterance is spoken. */
export class Captions {
  readonly #texts = new Map<string, string>();
  readonly #show: (text: string) => void;
  #spoken: string | undefined;

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
      this.refresh();
    });
    live.on('speech.ended', ({ id }) => {
      if (id !== undefined) this.#texts.delete(id);
      if (id === this.#spoken) this.clear();
    });
  }

  clear(): void {
    this.#spoken = undefined;
    this.refresh();
  }

  /** Shows again what is spoken. */
  refresh(): void {
    this.#show(this.#texts.get(this.#spoken ?? '') ?? '');
  }
}
