import { quantile } from '../statistics.ts';

/** Media time over which voice and picture are compared. */
const WINDOW_MS = 10_000;
const VOICE_MS = 20;
/** Twenty seconds of voice. */
const KEPT_PACKETS = 1000;

/** A voice packet or a picture. */
interface Leaving {
  mediaTimeMs: number;
  epoch: number;
}

/** What may never happen in a session, and how far apart voice and picture leave; times in milliseconds. */
export class SessionWatch {
  readonly problems: string[] = [];
  /** Picture behind voice, by window of ten seconds, and when that ended. */
  readonly offsets: { atMs: number; behindMs: number }[] = [];
  utterances = 0;
  pictures = 0;
  readonly name: string;
  readonly #onProblem: (problem: string) => void;
  readonly #isExplained: (problem: string) => boolean;
  #underWay: number | undefined;
  #lastUtterance = -1;
  #lastVoice: Leaving | undefined;
  #lastPictureMs = Number.NEGATIVE_INFINITY;
  /** By media time of the voice: when it and the picture over it came, until both are there. */
  readonly #halves = new Map<number, { voiceMs?: number; pictureMs?: number }>();
  #window: { fromMs: number; offsetsMs: number[] } | undefined;

  /** `isExplained`: whether it is part of something that went wrong on purpose. */
  constructor(
    name: string,
    onProblem: (problem: string) => void = () => {},
    isExplained: (problem: string) => boolean = () => false,
  ) {
    this.name = name;
    this.#onProblem = onProblem;
    this.#isExplained = isExplained;
  }

  get offsetsMs(): number[] {
    return this.offsets.map(({ behindMs }) => behindMs);
  }

  speechStarted(utterance: number): void {
    if (this.#underWay !== undefined) this.problem(`${utterance} began within ${this.#underWay}`);
    this.#underWay = utterance;
  }

  speechEnded(utterance: number, playedMs: number): void {
    // What is silenced before its first sample ends without a beginning.
    const unheard = playedMs === 0 && this.#underWay === undefined && utterance > this.#lastUtterance;
    this.#lastUtterance = Math.max(this.#lastUtterance, utterance);
    if (this.#underWay !== utterance && !unheard)
      this.problem(`${utterance} ended, ${this.#underWay} was under way`);
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
    this.#compare(mediaTimeMs, { voiceMs: nowMs });
  }

  picture({ mediaTimeMs }: Leaving, nowMs: number): void {
    if (mediaTimeMs <= this.#lastPictureMs) this.problem(`picture of ${mediaTimeMs} ms again`);
    this.#lastPictureMs = mediaTimeMs;
    this.pictures++;
    this.#compare(Math.floor(mediaTimeMs / VOICE_MS) * VOICE_MS, {
      pictureMs: nowMs - (mediaTimeMs % VOICE_MS),
    });
  }

  problem(what: string): void {
    const problem = `${this.name}: ${what}`;
    if (this.#isExplained(problem)) return;
    this.problems.push(problem);
    this.#onProblem(problem);
  }

  /** Each picture with the voice of the same media time: whatever the clock did, those two belong together. */
  #compare(mediaTimeMs: number, came: { voiceMs?: number; pictureMs?: number }): void {
    const { voiceMs, pictureMs } = { ...this.#halves.get(mediaTimeMs), ...came };
    this.#halves.set(mediaTimeMs, { voiceMs, pictureMs });
    const [oldest] = this.#halves.keys();
    if (this.#halves.size > KEPT_PACKETS) this.#halves.delete(oldest);
    if (voiceMs === undefined || pictureMs === undefined) return;
    this.#window ??= { fromMs: mediaTimeMs, offsetsMs: [] };
    if (mediaTimeMs >= this.#window.fromMs + WINDOW_MS) {
      const atMs = Math.max(voiceMs, pictureMs);
      this.offsets.push({ atMs, behindMs: quantile(this.#window.offsetsMs, 0.5) });
      this.#window = { fromMs: mediaTimeMs, offsetsMs: [] };
    }
    this.#window.offsetsMs.push(pictureMs - voiceMs);
  }
}
