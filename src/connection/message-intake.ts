import type { TokenBucket } from '../budget/token-bucket.ts';

/** Of the thread that moves packets, for one connection, before the others have their turn. */
const TURN_MS = 4;
/** Where the peer cannot be told to wait: more than two seconds of what a quick network brings. */
const MOST_WAITING = { messages: 4096, bytes: 2_000_000 };

export interface MessageIntakeOptions {
  /** Undefined where nothing limits it. */
  bucket: TokenBucket | undefined;
  /** @returns what it has cost */
  handle: (data: Uint8Array) => number;
  /** How the peer is made to wait; absent where there is no way to. */
  flow?: Flow;
  /** The peer has to wait, because its budget is spent. */
  onWait?: () => void;
  /** Too much waits, and there is no way to stop it: what waited is gone. */
  onFlood?: () => void;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** Lets bytes of a peer wait in its own network stack. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * The messages of one peer on their way in: in order and without loss, no faster than its budget allows, and never so
 * many in one turn that other peers have to wait.
 */
export class MessageIntake {
  readonly #options: MessageIntakeOptions;
  readonly #now: () => number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** When this turn began; undefined between turns. */
  #turnFromMs: number | undefined;
  #blocked = false;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: MessageIntakeOptions) {
    this.#options = options;
    this.#now = options.now ?? performance.now.bind(performance);
  }

  take(data: Uint8Array): void {
    if (this.#closed) return;
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    if (!this.#blocked) this.#work();
    else if (!this.#options.flow && this.#isFull) {
      this.close();
      this.#options.onFlood?.();
    }
  }

  /** For what the peer causes beside messages. */
  charge(cost: number): void {
    this.#options.bucket?.spend(cost);
    if (!this.#closed && !this.#blocked) this.#work();
  }

  /** The peer is gone: what it has sent before is still done, as far as it was paid for. */
  finish(): void {
    while (this.#waiting.length > 0 && this.#affordable && !this.#closed) this.#handleNext();
    this.close();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#later);
    this.#waiting = [];
  }

  get #isFull(): boolean {
    return this.#waiting.length > MOST_WAITING.messages || this.#waitingBytes > MOST_WAITING.bytes;
  }

  get #affordable(): boolean {
    return (this.#options.bucket?.level ?? 1) >= 1;
  }

  #work(): void {
    if (this.#turnFromMs === undefined) {
      this.#turnFromMs = this.#now();
      setImmediate(() => this.#nextTurn());
    }
    const untilMs = this.#turnFromMs + TURN_MS;
    while (this.#waiting.length > 0 && this.#affordable && this.#now() < untilMs) {
      this.#handleNext();
      if (this.#closed) return;
    }
    const blocked = this.#waiting.length > 0 || !this.#affordable;
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    if (blocked) this.#options.flow?.pause();
    else this.#options.flow?.resume();
  }

  #nextTurn(): void {
    this.#turnFromMs = undefined;
    if (this.#closed || !this.#blocked) return;
    if (this.#affordable) {
      this.#work();
      return;
    }
    this.#options.onWait?.();
    this.#later = setTimeout(() => this.#work(), this.#options.bucket?.waitMs()).unref();
  }

  #handleNext(): void {
    const data = this.#waiting.shift()!;
    this.#waitingBytes -= data.length;
    this.#options.bucket?.spend(this.#options.handle(data));
  }
}
