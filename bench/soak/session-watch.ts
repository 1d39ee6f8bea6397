import { quantile } from '../statistics.ts';

/** Media time over which voice and picture are compared. */
const WINDOW_MS = 10_000;

/** A voice packet or a picture. */
interface Leaving {
  mediaTimeMs: number;
  epoch: number;
}

/** What may never happen in a session, and how far apart voice and picture leave; times in milliseconds. */
export class SessionWatch {
  readonly problems: string[] = [];
  /** Picture behind voice, by window of ten seconds. */
  readonly offsetsMs: number[] = [];
  utterances = 0;
  pictures = 0;
  readonly #name: string;
  readonly #onProblem: (problem: string) => void;
  #underWay: number | undefined;
  #lastVoice: Leaving | undefined;
  #lastPictureMs = Number.NEGATIVE_INFINITY;
  #window: { fromMs: number; voice: number[]; pictures: number[] } | undefined;

  constructor(name: string, onProblem: (problem: string) => void = () => {}) {
    this.#name = name;
    this.#onProblem = onProblem;
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

  voice({ mediaTimeMs, epoch }: Leaving, nowMs: number): void {
    const last = this.#lastVoice;
    // What was on its way when the session was interrupted is dropped.
    const gapless = last === undefined || mediaTimeMs === last.mediaTimeMs + 20 || epoch > last.epoch;
    if (!gapless || (last && mediaTimeMs <= last.mediaTimeMs)) {
      this.problem(`voice of ${mediaTimeMs} ms (epoch ${epoch}) after ${last?.mediaTimeMs} (${last?.epoch})`);
    }
    this.#lastVoice = { mediaTimeMs, epoch };
    this.#compare(mediaTimeMs).voice.push(nowMs - mediaTimeMs);
  }

  picture({ mediaTimeMs }: Leaving, nowMs: number): void {
    if (mediaTimeMs <= this.#lastPictureMs) this.problem(`picture of ${mediaTimeMs} ms again`);
    this.#lastPictureMs = mediaTimeMs;
    this.pictures++;
    this.#compare(mediaTimeMs).pictures.push(nowMs - mediaTimeMs);
  }

  problem(what: string): void {
    this.problems.push(`${this.#name}: ${what}`);
    this.#onProblem(this.problems.at(-1)!);
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
