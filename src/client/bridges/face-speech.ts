import type { AudioFormat } from '../../contract/formats.ts';
import { VultusClientError } from '../client-error.ts';
import type { LiveConnection, LiveEvents } from '../live-connection.ts';
import { SpokenItem } from './spoken-item.ts';
import { StandingClock } from './standing-clock.ts';
import { VoiceQueue } from './voice-queue.ts';

/** The face tells within milliseconds what was heard; where it does not, because it is away, this side's clock counts. */
const PATIENCE_MS = 1500;
/** As many items are remembered, so that what comes late of them is known to be. */
const MOST_ITEMS = 100;
/** The face is given no more before it was heard; the other half of its two minutes is for what this side does not know. */
const MOST_AHEAD_MS = 60_000;

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
 * What a model says, item by item, on the way to a face: each item is one utterance, which has its name. Models speak
 * faster than is heard: what the face has no room for waits, up to a quarter of an hour. Items are told apart when the face
 * is interrupted, whoever does it, and when its connection breaks and is made again.
 */
export class FaceSpeech {
  readonly #live: LiveConnection;
  readonly #onInterrupted: (interruption: Interruption) => void;
  readonly #bytesPerMs: number;
  readonly #items = new Map<string, SpokenItem>();
  readonly #queue: VoiceQueue<SpokenItem>;
  readonly #clock = new StandingClock();
  readonly #ends: (() => void)[];
  #away = false;
  #closing = false;
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
    this.#queue = new VoiceQueue(this.#bytesPerMs, {
      roomMs: () => this.#roomMs(),
      say: (item, voice) => {
        this.#live.speak(voice, { utterance: item.give(voice.length, this.#clock.nowMs) });
        this.#giveWords(item);
      },
      end: (item) => {
        item.given = true;
        this.#giveWords(item);
        const { utterance } = item;
        if (utterance !== undefined) this.#live.endSpeech({ utterance });
      },
    });
    this.#ends = [
      live.on('speech.started', ({ id }) => {
        this.#clock.go();
        this.#itemOf(id)?.started(id!, this.#clock.nowMs);
      }),
      live.on('speech.paused', () => this.#clock.stand()),
      live.on('speech.resumed', () => this.#clock.go()),
      live.on('speech.ended', (event) => {
        this.#onEnded(event);
        this.#queue.flow();
      }),
      // What was refused is not told to have begun, nor to have ended.
      live.on('error', () => this.#assumeStarted()),
      live.on('reconnecting', () => {
        this.#away = true;
      }),
      live.on('reconnected', () => this.#onReconnected()),
      live.on('closed', () => {
        this.#settleCut(this.#clock.nowMs);
        this.#queue.drop(() => true);
      }),
    ];
  }

  /** Voice of an item, in order. What was interrupted is not said. */
  say(name: string, voice: Uint8Array): void {
    const item = this.#item(name);
    if (item.cut || this.#live.closed || voice.length === 0) return;
    item.add(voice.length);
    if (item.full || this.#queue.push(item, voice)) return;
    item.full = true;
    const message = `A quarter of an hour of voice waits for the face; the rest of ${name} is not said.`;
    this.#live.report(new VultusClientError('audio_buffer_full', message));
  }

  /** What is said in it. */
  transcribe(name: string, text: string): void {
    const item = this.#item(name);
    if (item.cut || item.full) return;
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
    if (!item.cut && !this.#live.closed && item.lengthMs > 0) this.#queue.end(item);
  }

  endAll(): void {
    for (const name of this.#items.keys()) {
      this.endTranscript(name);
      this.end(name);
    }
  }

  /** The face falls silent at once, and what waits or comes late of these items is dropped. */
  interrupt(): void {
    const items = [...this.#items.values()].filter(
      (item) => !item.cut && (item.waits || item.held || !item.complete),
    );
    const waits = items.some((item) => item.waits);
    this.#cut(items);
    if (!waits) this.#settleUnsaid();
    else {
      if (!this.#live.closed) this.#live.interrupt();
      this.#waitForEnds();
    }
  }

  /**
   * Completes what is being said, and tells nothing more of it. Resolves when the face has been given all, and is followed
   * no more. Idempotent.
   */
  async close(): Promise<void> {
    this.#closing = true;
    this.endAll();
    await this.#queue.emptied();
    clearTimeout(this.#patience);
    for (const end of this.#ends) end();
  }

  #item(name: string): SpokenItem {
    const known = this.#items.get(name);
    if (known) return known;
    const over = [...this.#items.values()].find((item) => !item.waits && (item.cut || !item.held));
    if (this.#items.size >= MOST_ITEMS && over) this.#items.delete(over.name);
    const item = new SpokenItem(name, this.#bytesPerMs);
    this.#items.set(name, item);
    return item;
  }

  #itemOf(utterance: string | undefined): SpokenItem | undefined {
    return utterance === undefined ? undefined : this.#items.get(utterance.replace(/#\d+$/, ''));
  }

  #roomMs(): number {
    if (this.#away || this.#live.closed) return -1;
    const { nowMs } = this.#clock;
    return [...this.#items.values()].reduce((roomMs, item) => roomMs - item.aheadMs(nowMs), MOST_AHEAD_MS);
  }

  #assumeStarted(): void {
    for (const item of this.#items.values()) item.assumeStarted(this.#clock.nowMs);
  }

  #giveWords(item: SpokenItem): void {
    if (item.cut || this.#away || this.#live.closed) return;
    const given = item.takeWords();
    if (given) this.#live.words(given.words, { utterance: given.utterance });
  }

  #onEnded({ id, playedMs, reason, lastWord }: LiveEvents['speech.ended']): void {
    const item = this.#itemOf(id);
    if (!item?.ended(id!, playedMs)) return;
    if (reason === 'interrupted' && !item.cut) {
      // What the face does not know of yet is over with it.
      const others = [...this.#items.values()].filter((other) => other.held && other.utterance === undefined);
      this.#cut([item, ...others]);
    }
    if (!item.cut) return;
    if (item.waits) this.#waitForEnds();
    else this.#settle(item, { lastWord: lastWord?.text });
    this.#settleUnsaid();
  }

  #cut(items: readonly SpokenItem[]): void {
    for (const item of items) item.cut = true;
    this.#queue.drop(({ cut }) => cut);
  }

  /** Of those that were cut before the face had all of them, or any, no end is told, where none is waited for. */
  #settleUnsaid(): void {
    const cut = [...this.#items.values()].filter((item) => item.cut && !item.settled);
    if (cut.some(({ waits }) => waits)) return;
    for (const item of cut) if (item.held) this.#settle(item, {});
  }

  /** Where they are not told, it is gone by how far it should have come by now. */
  #waitForEnds(): void {
    const { nowMs } = this.#clock;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#settleCut(nowMs), PATIENCE_MS);
  }

  #onReconnected(): void {
    this.#away = false;
    // Whether it is still paused is not told.
    this.#clock.go();
    for (const item of this.#items.values()) item.break();
    // Nor is what began meanwhile.
    this.#assumeStarted();
    // The interruption may have been lost on the way.
    const lost = [...this.#items.values()].some((item) => item.cut && !item.settled);
    if (lost) this.#live.interrupt();
    this.#queue.flow();
  }

  /** Their end will not be told any more. */
  #settleCut(nowMs: number): void {
    for (const item of this.#items.values()) if (item.cut) this.#settle(item, { nowMs });
  }

  #settle(item: SpokenItem, { nowMs, lastWord }: { nowMs?: number; lastWord?: string | undefined }): void {
    if (item.settled || item.lengthMs === 0) return;
    item.settled = true;
    if (item.heardWhole || this.#closing) return;
    this.#onInterrupted({
      item: item.name,
      heardMs: item.heardMs(nowMs),
      lengthMs: Math.floor(item.lengthMs),
      ...(lastWord !== undefined && { lastWord }),
    });
  }
}
