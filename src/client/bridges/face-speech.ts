import type { AudioFormat } from '../../contract/formats.ts';
import { VultusClientError } from '../client-error.ts';
import type { LiveConnection, LiveEvents } from '../live-connection.ts';
import { SpokenItem } from './spoken-item.ts';

/** The face tells within milliseconds what was heard; where it does not, because it is away, this side's clock counts. */
const PATIENCE_MS = 1500;
/** As many items are remembered, so that what comes late of them is known to be. */
const MOST_ITEMS = 100;

/** An interrupted item is told with what was heard of it, never beyond what has come of it. */
export interface Interruption {
  item: string;
  /** Whole milliseconds. */
  heardMs: number;
  lengthMs: number;
  /** The last word that was heard, where there is a transcript. */
  lastWord?: string;
}

/**
 * What a model says, item by item, on the way to a face: each item is one utterance, which has its name. Items are told
 * apart when the face is interrupted, whoever does it, and when its connection breaks and is made again.
 */
export class FaceSpeech {
  readonly #live: LiveConnection;
  readonly #onInterrupted: (interruption: Interruption) => void;
  readonly #bytesPerMs: number;
  readonly #items = new Map<string, SpokenItem>();
  readonly #ends: (() => void)[];
  #away = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param formats in which the model can speak; the face has to be connected for one of them
   * @throws VultusClientError `invalid_audio` where the connection was made for voice of another format
   */
  constructor(
    live: LiveConnection,
    formats: readonly Exclude<AudioFormat, { encoding: 'opus' }>[],
    onInterrupted: (interruption: Interruption) => void,
  ) {
    const { audio } = live;
    const format = formats.find(
      ({ encoding, sampleRateHz }) =>
        audio.encoding !== 'opus' && audio.encoding === encoding && audio.sampleRateHz === sampleRateHz,
    );
    if (!format) {
      const wanted = `{ encoding: '${formats[0].encoding}', sampleRateHz: ${formats[0].sampleRateHz} }`;
      throw new VultusClientError('invalid_audio', `Connect the face with audio: ${wanted}.`);
    }
    this.#live = live;
    this.#onInterrupted = onInterrupted;
    this.#bytesPerMs = ((format.encoding === 's16le' ? 2 : 1) * format.sampleRateHz) / 1000;
    this.#ends = [
      live.on('speech.started', ({ id }) => this.#itemOf(id)?.started(id!, performance.now())),
      live.on('speech.ended', (event) => this.#onEnded(event)),
      live.on('reconnecting', () => {
        this.#away = true;
      }),
      live.on('reconnected', () => this.#onReconnected()),
      live.on('closed', () => this.#settleCut(performance.now())),
    ];
  }

  /** Voice of an item, in order. What was interrupted is not said. */
  say(name: string, voice: Uint8Array): void {
    const item = this.#item(name);
    if (item.cut || this.#live.closed || voice.length === 0) return;
    const durationMs = voice.length / this.#bytesPerMs;
    if (this.#away) {
      item.skip(durationMs);
      return;
    }
    this.#live.speak(voice, { utterance: item.add(durationMs) });
    this.#giveWords(item);
  }

  /** What is said in it. */
  transcribe(name: string, text: string): void {
    const item = this.#item(name);
    item.transcribe(text);
    this.#giveWords(item);
  }

  endTranscript(name: string): void {
    const item = this.#items.get(name);
    item?.endTranscript();
    if (item) this.#giveWords(item);
  }

  /** No more voice comes of it. Idempotent; an item without voice says nothing. */
  end(name: string): void {
    const item = this.#items.get(name);
    if (!item || item.complete) return;
    item.complete = true;
    this.#giveWords(item);
    const { utterance } = item;
    if (utterance !== undefined && !item.cut && !this.#away && !this.#live.closed)
      this.#live.endSpeech({ utterance });
  }

  endAll(): void {
    for (const name of this.#items.keys()) {
      this.endTranscript(name);
      this.end(name);
    }
  }

  /** The face falls silent at once, and what comes late of these items is dropped. */
  interrupt(): void {
    const items = [...this.#items.values()].filter((item) => !item.cut && (item.waits || !item.complete));
    for (const item of items) item.cut = true;
    if (!items.some(({ waits }) => waits)) return;
    if (!this.#live.closed) this.#live.interrupt();
    this.#waitForEnds();
  }

  /** Completes what is being said, and follows the face no more. Idempotent. */
  close(): void {
    this.endAll();
    clearTimeout(this.#patience);
    for (const end of this.#ends) end();
  }

  #item(name: string): SpokenItem {
    const known = this.#items.get(name);
    if (known) return known;
    const item = new SpokenItem(name);
    this.#items.set(name, item);
    const [oldest] = this.#items.values();
    if (this.#items.size > MOST_ITEMS) this.#items.delete(oldest.name);
    return item;
  }

  #itemOf(utterance: string | undefined): SpokenItem | undefined {
    return utterance === undefined ? undefined : this.#items.get(utterance.replace(/#\d+$/, ''));
  }

  #giveWords(item: SpokenItem): void {
    if (item.cut || this.#away || this.#live.closed) return;
    const given = item.takeWords();
    if (given) this.#live.words(given.words, { utterance: given.utterance });
  }

  #onEnded({ id, playedMs, reason, lastWord }: LiveEvents['speech.ended']): void {
    const item = this.#itemOf(id);
    if (!item?.ended(id!, playedMs)) return;
    if (reason === 'interrupted') item.cut = true;
    if (!item.cut) return;
    if (item.waits) this.#waitForEnds();
    else this.#settle(item, { lastWord: lastWord?.text });
  }

  /** Where they are not told, it is gone by how far it should have come by now. */
  #waitForEnds(): void {
    const nowMs = performance.now();
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#settleCut(nowMs), PATIENCE_MS);
  }

  #onReconnected(): void {
    this.#away = false;
    for (const item of this.#items.values()) item.break();
    // The interruption may have been lost on the way.
    const lost = [...this.#items.values()].some((item) => item.cut && !item.settled);
    if (lost) this.#live.interrupt();
  }

  /** Their end will not be told any more. */
  #settleCut(nowMs: number): void {
    for (const item of this.#items.values()) if (item.cut) this.#settle(item, { nowMs });
  }

  #settle(item: SpokenItem, { nowMs, lastWord }: { nowMs?: number; lastWord?: string | undefined }): void {
    if (item.settled || item.lengthMs === 0) return;
    item.settled = true;
    if (item.heardWhole) return;
    this.#onInterrupted({
      item: item.name,
      heardMs: item.heardMs(nowMs),
      lengthMs: Math.floor(item.lengthMs),
      ...(lastWord !== undefined && { lastWord }),
    });
  }
}
