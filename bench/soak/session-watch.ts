import { quantile } from '../statistics.ts';

/** Media time over which voice and picture are compared. */
const WINDOW_MS = 10_000;

/** What may never happen in a session, and how far apart voice and picture leave; times in milliseconds. */
export class SessionWatch {
  readonly problems: string[] = [];
  /** Picture behind voice, by window of ten seconds. */
  readonly offsetsMs: number[] = [];
  utterances = 0;
  pictures = 0;
  #name: string;
  #underWay: number | undefined;
  #lastVoiceMs: number | undefined;
  #lastPictureMs = Number.NEGATIVE_INFINITY;
  #window: { fromMs: number; voice: number[]; pictures: number[] } | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  speechStarted(utterance: number): void {
    if (this.#underWay !== undefined) this.problem(`${utterance} began within ${this.#underWay}`);
    this.#underWay = utterance;
  }

  speechEnded(utterance: number, playedMs: number): void {
    if (this.#underWay !== utterance) this.problem(`${utterance} ended, ${this.#underWay} was under way`);
    if (!(playedMs >= 0)) this.problem(`${utterance} played for ${playedMs} ms`);
    this.#underWay = undefined;
    this.utterances++;
  }

  voice(mediaTimeMs: number, nowMs: number): void {
    if (this.#lastVoiceMs !== undefined && mediaTimeMs !== this.#lastVoiceMs + 20) {
      this.problem(`voice of ${mediaTimeMs} ms after ${this.#lastVoiceMs}`);
    }
    this.#lastVoiceMs = mediaTimeMs;
    this.#compare(mediaTimeMs).voice.push(nowMs - mediaTimeMs);
  }

  picture(mediaTimeMs: number, nowMs: number): void {
    if (mediaTimeMs <= this.#lastPictureMs) this.problem(`picture of ${mediaTimeMs} ms again`);
    this.#lastPictureMs = mediaTimeMs;
    this.pictures++;
    this.#compare(mediaTimeMs).pictures.push(nowMs - mediaTimeMs);
  }

  problem(what: string): void {
    this.problems.push(`${this.#name}: ${what}`);
  }

  #compare(mediaTimeMs: number) {
    const window = this.#window;
    if (window && mediaTimeMs < window.fromMs + WINDOW_MS) return window;
    if (window && window.voice.length > 0 && window.pictures.length > 0) {
      this.offsetsMs.push(quantile(window.pictures, 0.5) - quantile(window.voice, 0.5));
    }
    this.#window = { fromMs: mediaTimeMs, voice: [], pictures: [] };
    return this.#window;
  }
}
