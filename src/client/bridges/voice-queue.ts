/** Of all that waits: 43 MB of s16le at 24 kHz. */
const MOST_WAITING_MS = 15 * 60_000;
/** A piece counts as no less, so that there are never too many of them. */
const LEAST_MS = 10;
/** No smaller pieces are cut off. */
const LEAST_CUT_MS = 1000;
const LOOK_AGAIN_MS = 1000;

/** What has to be done for it. */
export interface VoiceQueueWork<Item> {
  /** So much more is taken now; negative: nothing at all, ends neither. */
  roomMs(): number;
  say(item: Item, voice: Uint8Array): void;
  /** All of its voice was given. */
  end(item: Item): void;
}

/**
 * Voice of items, and their ends, on the way to somebody who takes it about as fast as it is heard: what there is room for
 * goes on at once, the rest waits here, in its order.
 */
export class VoiceQueue<Item> {
  readonly #bytesPerMs: number;
  readonly #work: VoiceQueueWork<Item>;
  /** Without voice: the end of the item. */
  #waiting: { item: Item; voice?: Uint8Array }[] = [];
  #waitingMs = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #onEmpty: (() => void)[] = [];

  constructor(bytesPerMs: number, work: VoiceQueueWork<Item>) {
    this.#bytesPerMs = bytesPerMs;
    this.#work = work;
  }

  /** @returns false where too much waits: it is not taken */
  push(item: Item, voice: Uint8Array): boolean {
    const costMs = this.#costMs(voice);
    // One that is longer by itself still goes where nothing waits: it is there already.
    if (this.#waitingMs > 0 && this.#waitingMs + costMs > MOST_WAITING_MS) return false;
    this.#waiting.push({ item, voice });
    this.#waitingMs += costMs;
    this.flow();
    return true;
  }

  /** No more voice comes of it. */
  end(item: Item): void {
    this.#waiting.push({ item });
    this.flow();
  }

  /** Forgets what waits of these. */
  drop(unwanted: (item: Item) => boolean): void {
    this.#waiting = this.#waiting.filter(({ item }) => !unwanted(item));
    this.#waitingMs = this.#waiting.reduce((sum, { voice }) => sum + this.#costMs(voice), 0);
    this.flow();
  }

  /** There may be room. */
  flow(): void {
    clearTimeout(this.#again);
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const { item, voice } = first;
      const durationMs = (voice?.length ?? 0) / this.#bytesPerMs;
      const roomMs = this.#work.roomMs();
      if (roomMs < Math.min(durationMs, LEAST_CUT_MS)) {
        this.#again = setTimeout(() => this.flow(), LOOK_AGAIN_MS);
        return;
      }
      const bytes = roomMs < durationMs ? Math.floor(roomMs) * this.#bytesPerMs : voice?.length;
      const rest = voice?.subarray(bytes);
      if (rest?.length) first.voice = rest;
      else this.#waiting.shift();
      this.#waitingMs += this.#costMs(rest) - this.#costMs(voice);
      if (voice) this.#work.say(item, voice.subarray(0, bytes));
      else this.#work.end(item);
    }
    for (const told of this.#onEmpty.splice(0)) told();
  }

  /** Resolves when nothing waits. */
  async emptied(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #costMs(voice: Uint8Array | undefined): number {
    return voice?.length ? Math.max(LEAST_MS, voice.length / this.#bytesPerMs) : 0;
  }
}
