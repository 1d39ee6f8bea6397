import {
  LAPSES_AFTER_MS,
  type SpeechEnd,
  STALLED_AFTER_MS,
  UNDERRUN_AFTER_MS,
  type Word,
} from '../contract/speech.ts';

/** Who says an utterance. */
export interface Owner {
  /** Whether its utterances wait for voice that does not come in time, instead of ending after a second without. */
  readonly patient: boolean;
  /** No more voice of it is taken: by its own wish, or because somebody else interrupted it or no more came. */
  over(utterance: Utterance, why: 'ended' | 'interrupted' | 'lapsed'): void;
}

/** One, until its end has been told. */
export interface Utterance {
  readonly number: number;
  /** What its owner calls it. */
  readonly id: string | undefined;
  readonly owner: Owner;
  /** What a microphone hears. */
  readonly live: boolean;
  /** No more voice of it is taken. */
  over: boolean;
  /** The last that came of it was not taken. */
  refused: boolean;
  lastVoiceMs: number;
  /** Since when nothing more of it has come, where it has stalled. */
  stalledMs: number | undefined;
}

/** What has to be done for them. */
export interface SpeechWork {
  /** Throws `audio_buffer_full`, `session_closed`. */
  assertRoom(samples: number): void;
  begin(utterance: number): void;
  push(utterance: number, samples: Float32Array, live: boolean): void;
  /** Returns whether none of them comes too late. Throws `words_buffer_full`, `session_closed`. */
  addWords(utterance: number, words: readonly Word[]): boolean;
  end(utterance: number, end: SpeechEnd): void;
  /** `all`: nothing is left to say. */
  interrupt(utterances: readonly number[], all: boolean): void;
}

/**
 * The utterances of a session, whoever says them: numbered as they begin, spoken one after the other. A microphone
 * gives way: what it hears is dropped while anything else is being said or waits.
 */
export class Utterances {
  readonly #work: SpeechWork;
  readonly #open = new Map<number, Utterance>();
  #lastNumber = 0;
  #paused = false;
  /** Until the one that has stalled is over. */
  #patience: NodeJS.Timeout | undefined;

  constructor(work: SpeechWork) {
    this.#work = work;
  }

  /** Whether a microphone has to give way. */
  get recited(): boolean {
    return this.#all.some(({ live }) => !live);
  }

  /** Throws `audio_buffer_full`, `session_closed`. */
  assertRoom(samples: number): void {
    this.#work.assertRoom(samples);
  }

  /** Throws `audio_buffer_full`, `session_closed`. */
  begin(owner: Owner, { id, live = false }: { id?: string | undefined; live?: boolean }): Utterance {
    this.#work.assertRoom(0);
    if (!live) for (const other of this.#all) if (other.live && !other.over) this.end(other);
    const number = ++this.#lastNumber;
    const lastVoiceMs = performance.now();
    const state = { over: false, refused: false, lastVoiceMs, stalledMs: undefined };
    const utterance = { number, id, owner, live, ...state };
    this.#open.set(number, utterance);
    this.#work.begin(number);
    return utterance;
  }

  push(utterance: Utterance, samples: Float32Array): void {
    this.#work.push(utterance.number, samples, utterance.live);
    utterance.lastVoiceMs = performance.now();
    if (samples.length > 0) utterance.refused = false;
    if (utterance.stalledMs === undefined) return;
    utterance.stalledMs = utterance.lastVoiceMs;
    this.#wait();
  }

  /** Returns whether none of them comes too late. Throws `words_buffer_full`, `session_closed`. */
  addWords(utterance: Utterance, words: readonly Word[]): boolean {
    return this.#work.addWords(utterance.number, words);
  }

  /** Nothing more will come of it; whose last was refused is not whole, whatever its sender says. */
  end(utterance: Utterance, end: SpeechEnd = 'completed', why: 'ended' | 'lapsed' = 'ended'): void {
    this.#work.end(utterance.number, utterance.refused && end === 'completed' ? 'interrupted' : end);
    this.#over(utterance, why);
  }

  /** What has not been heard of it is dropped. */
  interrupt(utterance: Utterance): void {
    this.#work.interrupt([utterance.number], false);
    if (!utterance.over) this.#over(utterance, 'interrupted');
  }

  interruptAll(): void {
    const all = this.#all;
    this.#work.interrupt([...this.#open.keys()], true);
    this.#paused = false;
    for (const utterance of all) if (!utterance.over) this.#over(utterance, 'interrupted');
  }

  /** Of this owner by this name, as long as its end has not been told. */
  find(owner: Owner, id: string): Utterance | undefined {
    return this.#all.find((utterance) => utterance.owner === owner && utterance.id === id);
  }

  /** What its owner calls it. */
  idOf(number: number): string | undefined {
    return this.#open.get(number)?.id;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    const stalled = this.#stalled;
    if (stalled) stalled.stalledMs = performance.now();
    this.#wait();
  }

  /** Its voice does not come in time. @returns whether that is worth telling */
  stalled(number: number): boolean {
    const utterance = this.#open.get(number);
    if (!utterance || utterance.stalledMs !== undefined) return false;
    utterance.stalledMs = performance.now();
    this.#wait();
    return isPatient(utterance);
  }

  /** It goes on. @returns whether that is worth telling */
  continued(number: number): boolean {
    const utterance = this.#open.get(number);
    if (!utterance) return false;
    utterance.stalledMs = undefined;
    this.#wait();
    return isPatient(utterance);
  }

  /** Its end has been told. */
  ended(number: number): void {
    this.#open.delete(number);
    this.#wait();
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#patience);
  }

  get #all(): Utterance[] {
    return [...this.#open.values()];
  }

  #over(utterance: Utterance, why: 'ended' | 'interrupted' | 'lapsed'): void {
    utterance.over = true;
    this.#wait();
    utterance.owner.over(utterance, why);
  }

  /** The one whose turn it is, where more has to come of it. */
  get #stalled(): Utterance | undefined {
    return this.#all.find(({ stalledMs, over }) => stalledMs !== undefined && !over);
  }

  #wait(): void {
    clearTimeout(this.#patience);
    const utterance = this.#stalled;
    if (!utterance || this.#paused) return;
    const patient = isPatient(utterance);
    const untilMs = patient
      ? utterance.stalledMs! + UNDERRUN_AFTER_MS - STALLED_AFTER_MS
      : utterance.lastVoiceMs + LAPSES_AFTER_MS;
    const lapse = () => this.end(utterance, patient ? 'underrun' : 'completed', 'lapsed');
    this.#patience = setTimeout(lapse, Math.max(0, untilMs - performance.now())).unref();
  }
}

function isPatient({ live, owner }: Utterance): boolean {
  return !live && owner.patient;
}
