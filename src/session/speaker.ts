import type { Word } from '../contract/speech.ts';
import { VultusError } from '../errors.ts';
import type { Speaker } from './session-api.ts';
import type { Owner, Utterance, Utterances } from './utterances.ts';

/** Names that are remembered of each speaker, so that what comes late is known to be. */
const REMEMBERED_IDS = 1000;
const REFUSAL_INTERVAL_MS = 1000;

/** One who speaks in a session: see `Speaker`. */
export class SessionSpeaker implements Speaker, Owner {
  patient = false;
  readonly #utterances: Utterances;
  /** What voice belongs to that comes now. */
  #current: Utterance | undefined;
  /** The same for its microphone. */
  #live: Utterance | undefined;
  /** Somebody else has interrupted it: what comes now is the rest of that. */
  #cutOff = false;
  /** Names it has used. */
  readonly #ids = new Set<string>();
  #turn = 0;
  #refusedMs = Number.NEGATIVE_INFINITY;

  constructor(utterances: Utterances) {
    this.#utterances = utterances;
  }

  get turn(): number {
    return this.#turn;
  }

  accepts(id?: string): boolean {
    return id === undefined ? !this.#cutOff : this.#current?.id === id || !this.#ids.has(id);
  }

  push(
    samples: Float32Array,
    { live = false, id }: { live?: boolean; id?: string | undefined } = {},
  ): boolean {
    if (!live && !this.accepts(id)) return false;
    if (live && this.#utterances.recited) return true;
    if (!this.hasRoom(samples.length)) {
      if (!live) this.refuse(id);
      this.#tellFull(samples.length);
      return true;
    }
    if (live) {
      this.#live ??= this.#utterances.begin(this, { live });
      this.#utterances.push(this.#live, samples);
    } else this.#utterances.push(this.#receiving(id), samples);
    return true;
  }

  refuse(id?: string): void {
    const isKnown = this.#current && (id === undefined || id === this.#current.id);
    if (isKnown || (this.accepts(id) && this.hasRoom(0))) this.#receiving(id).refused = true;
  }

  hasRoom(samples: number): boolean {
    try {
      this.#utterances.assertRoom(samples);
      return true;
    } catch (cause) {
      if (cause instanceof VultusError && cause.code === 'audio_buffer_full') return false;
      throw cause;
    }
  }

  addWords(words: readonly Word[], id?: string): boolean {
    const known = id === undefined ? this.#current : this.#utterances.find(this, id);
    if (!known && !this.accepts(id)) return false;
    return this.#utterances.addWords(known ?? this.#receiving(id), words);
  }

  end(id?: string): void {
    if (this.#live) this.#utterances.end(this.#live);
    if (id !== undefined && this.accepts(id)) this.#utterances.end(this.#receiving(id));
    else if (id === undefined && this.#current) this.#utterances.end(this.#current);
    this.#cutOff = false;
  }

  interrupt(id?: string): void {
    if (id === undefined) this.#utterances.interruptAll();
    else {
      const known = this.#utterances.find(this, id);
      if (known) this.#utterances.interrupt(known);
      else if (!this.#ids.has(id)) {
        this.#remember(id);
        this.#utterances.interrupt(this.#utterances.begin(this, { id }));
      }
    }
    this.#cutOff = false;
  }

  over(utterance: Utterance, why: 'ended' | 'interrupted' | 'lapsed'): void {
    if (utterance === this.#live) this.#live = undefined;
    if (utterance !== this.#current) return;
    this.#current = undefined;
    this.#turn++;
    this.#cutOff = why === 'interrupted' && this.patient;
  }

  close(): void {
    if (this.#live) this.#utterances.end(this.#live);
    if (this.#current) this.#utterances.end(this.#current, this.patient ? 'underrun' : 'completed');
  }

  /** The utterance that voice of this name belongs to. */
  #receiving(id: string | undefined): Utterance {
    if (this.#current && (id === undefined || id === this.#current.id)) return this.#current;
    if (this.#current) this.#utterances.end(this.#current);
    const utterance = this.#utterances.begin(this, { id });
    if (id !== undefined) this.#remember(id);
    this.#cutOff = false;
    this.#current = utterance;
    return utterance;
  }

  #remember(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > REMEMBERED_IDS) this.#ids.delete(oldest);
  }

  /** Throws `audio_buffer_full`, at most once a second however much is refused. */
  #tellFull(samples: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#refusedMs < REFUSAL_INTERVAL_MS) return;
    this.#refusedMs = nowMs;
    this.#utterances.assertRoom(samples);
  }
}
