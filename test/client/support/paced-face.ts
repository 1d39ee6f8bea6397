import { vi } from 'vitest';
import { Emitter } from '../../../src/client/emitter.ts';
import type { LiveConnection, LiveEvents, UtteranceOptions } from '../../../src/client/index.ts';
import type { Word } from '../../../src/contract/speech.ts';

/** The buffer of a session. */
const KEPT_MS = 120_000;
const STEP_MS = 100;
const BYTES_PER_MS = 8;

interface Said {
  id: string;
  pieces: Uint8Array[];
  lengthMs: number;
  words: Word[];
  complete: boolean;
  playedMs: number;
  end?: 'completed' | 'interrupted' | 'underrun';
}

/** A face that says what it is given as time goes by on the clock of a test, and refuses what its buffer has no room for. */
export class PacedFace extends Emitter<LiveEvents> {
  readonly audio = { encoding: 'pcmu', sampleRateHz: 8000 } as const;
  closed = false;
  paused = false;
  /** It takes nothing, and nothing of it is heard here. */
  away = false;
  /** In the order in which they began. */
  readonly said: Said[] = [];
  readonly codes: string[] = [];
  interruptions = 0;
  mostWaitingMs = 0;
  /** Of somebody else, which waits too. */
  othersMs = 0;

  get connection(): LiveConnection {
    return this as unknown as LiveConnection;
  }

  get waitingMs(): number {
    const waiting = this.said.map(({ end, lengthMs, playedMs }) => (end ? 0 : lengthMs - playedMs));
    return waiting.reduce((sum, ms) => sum + ms, this.othersMs);
  }

  of(id: string): Said | undefined {
    return this.said.find((one) => one.id === id);
  }

  speak(voice: Uint8Array, { utterance }: UtteranceOptions): void {
    if (this.away) throw new Error('it is away');
    if (this.waitingMs + voice.length / BYTES_PER_MS > KEPT_MS) {
      this.report({ code: 'audio_buffer_full' });
      return;
    }
    const said = this.#open(utterance!);
    said.pieces.push(voice);
    said.lengthMs += voice.length / BYTES_PER_MS;
    this.mostWaitingMs = Math.max(this.mostWaitingMs, this.waitingMs);
  }

  words(words: readonly Word[], { utterance }: UtteranceOptions): void {
    this.#open(utterance!).words.push(...words);
  }

  endSpeech({ utterance }: UtteranceOptions): void {
    this.of(utterance!)!.complete = true;
  }

  interrupt(): void {
    this.interruptions++;
    for (const one of this.said) if (!one.end) this.#end(one, 'interrupted');
  }

  report(error: { code: string }): void {
    this.codes.push(error.code);
    this.emit('error', error as never);
  }

  break(): void {
    this.away = true;
    this.emit('reconnecting', {} as never);
  }

  return(): void {
    this.away = false;
    for (const one of this.said) if (!one.complete && !one.end) one.complete = true;
    this.emit('reconnected', {} as never);
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.emit(paused ? 'speech.paused' : 'speech.resumed', { mediaTimeMs: 0 } as never);
  }

  close(): void {
    this.closed = true;
    this.emit('closed', { error: undefined });
  }

  /** Time goes by. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      if (!this.paused) this.#play();
      await vi.advanceTimersByTimeAsync(STEP_MS);
    }
  }

  #play(): void {
    if (this.othersMs > 0) {
      this.othersMs -= STEP_MS;
      return;
    }
    const one = this.said.find(({ end }) => !end);
    if (!one) return;
    const { lengthMs } = one;
    if (one.playedMs === 0 && lengthMs > 0) this.#tell('speech.started', { id: one.id });
    one.playedMs = Math.min(lengthMs, one.playedMs + STEP_MS);
    if (one.complete && one.playedMs === lengthMs) this.#end(one, 'completed');
  }

  #open(id: string): Said {
    const known = this.of(id);
    if (known) return known;
    const said = { id, pieces: [], lengthMs: 0, words: [], complete: false, playedMs: 0 };
    for (const before of this.said) before.complete = true;
    this.said.push(said);
    return said;
  }

  #end(one: Said, reason: 'completed' | 'interrupted'): void {
    one.end = reason;
    const { id, playedMs } = one;
    this.#tell('speech.ended', { id, playedMs, reason });
  }

  #tell(name: 'speech.started' | 'speech.ended', event: object): void {
    if (!this.away) this.emit(name, event as never);
  }
}
