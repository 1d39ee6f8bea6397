import { Segments } from '../../src/connection/livekit/segments.ts';

interface ModelUtterance {
  number: number;
  pieces: number;
  played: number;
  complete: boolean;
  started: boolean;
  end: 'completed' | 'interrupted' | undefined;
}

/**
 * Segments on a session that is nothing but its rules: utterances are played one after the other, piece by piece, and
 * each that has begun is told to have ended exactly once.
 */
export class ModelSession {
  readonly segments: Segments;
  readonly calls: string[] = [];
  readonly told: string[] = [];
  readonly refusals: [string, string][] = [];
  /** What a session would not have been asked for. */
  readonly faults: string[] = [];
  /** Pieces that are taken before there is no room. */
  room: number;
  readonly #slow: boolean;
  readonly #utterances: ModelUtterance[] = [];
  #last = 0;

  constructor({ room = Number.POSITIVE_INFINITY, slow = false }: { room?: number; slow?: boolean } = {}) {
    this.room = room;
    this.#slow = slow;
    this.segments = new Segments({
      say: ({ number }, data) => this.#say(number, data),
      complete: ({ number }) => this.#complete(number),
      drop: ({ number }) => this.#drop(number),
      started: () => this.told.push('started'),
      finished: ({ playedMs, interrupted }) =>
        this.told.push(`finished ${playedMs}${interrupted ? ' interrupted' : ''}`),
      refused: (code, detail) => this.refusals.push([code, detail]),
    });
  }

  get finished(): number {
    return this.told.filter((told) => told.startsWith('finished')).length;
  }

  get started(): number {
    return this.told.filter((told) => told === 'started').length;
  }

  /** As a user who barges in, or another client. */
  interruptAll(): void {
    for (const utterance of this.#utterances) utterance.end = 'interrupted';
    if (!this.#slow) this.play(0);
  }

  /** So many pieces are heard; what is over is told. A piece lasts one millisecond. */
  play(pieces: number): void {
    let left = pieces;
    for (;;) {
      const [utterance] = this.#utterances;
      if (!utterance) return;
      while (!utterance.end && utterance.played < utterance.pieces && left > 0) {
        left--;
        utterance.played++;
        if (!utterance.started) this.segments.started(utterance.number);
        utterance.started = true;
      }
      if (!utterance.end && utterance.complete && utterance.played === utterance.pieces)
        utterance.end = 'completed';
      if (!utterance.end) return;
      this.#utterances.shift();
      this.segments.ended(utterance.number, { playedMs: utterance.played, reason: utterance.end }, 0);
    }
  }

  playAll(): void {
    this.play(Number.POSITIVE_INFINITY);
  }

  #say(number: number, data: Uint8Array): boolean {
    if (this.room < 1) return false;
    this.room--;
    this.calls.push(`say ${number}: ${data.length < 10 ? data.join(',') : data.length}`);
    const known = this.#utterances.find((one) => one.number === number);
    if (!known && number < this.#last) this.faults.push(`${number} begins after ${this.#last}`);
    this.#last = Math.max(this.#last, number);
    const utterance = known ?? {
      number,
      pieces: 0,
      played: 0,
      complete: false,
      started: false,
      end: undefined,
    };
    if (!known) this.#utterances.push(utterance);
    if (utterance.complete) this.faults.push(`${number} goes on after its end`);
    // What was interrupted takes nothing more.
    if (!utterance.end) utterance.pieces++;
    return true;
  }

  #complete(number: number): void {
    this.calls.push(`complete ${number}`);
    const utterance = this.#utterances.find((one) => one.number === number);
    if (!utterance) this.faults.push(`${number} ends without a beginning`);
    else utterance.complete = true;
  }

  #drop(number: number): void {
    this.calls.push(`drop ${number}`);
    const utterance = this.#utterances.find((one) => one.number === number);
    if (utterance) utterance.end = 'interrupted';
  }
}
