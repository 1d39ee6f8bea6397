import type { SpeechEnd } from '../../contract/speech.ts';
import { type Segment, segmentOf } from './segment.ts';

/** A segment to which nothing comes for so long has lost its end: the sender's own receiver says so too. */
const IDLE_AFTER_MS = 10_000;
/** A newer one says that the older is whole; what of it was sent before may still be on its way. */
const SUPERSEDED_AFTER_MS = 200;
/** Begun and not told to be finished. One that comes beyond is told to be, and not said. */
const MOST_SEGMENTS = 64;
/** Of all segments, until the session takes them: five minutes of a usual voice (24 kHz, s16le). */
const MOST_WAITING_BYTES = 16_000_000;

/** What has to be done for them. Nothing here may come back into `Segments` before it has returned. */
export interface SegmentWork {
  /** Gives these bytes to the session, as the next ones of this utterance. @returns false where it has no room now */
  say(segment: Segment, data: Uint8Array): boolean;
  /** The utterance is whole. */
  complete(segment: Segment): void;
  /** What has not been heard of it is dropped; its end is still told by the session. */
  drop(segment: Segment): void;
  /** To be told to the sender: once for each segment of which something is heard. */
  started(): void;
  /** The same, exactly once for each header, in their order. */
  finished(end: { playedMs: number; interrupted: boolean }): void;
  /** Something is not said, and why. */
  refused(code: 'audio_buffer_full' | 'unsupported_audio', detail: string): void;
}

/**
 * The agent's audio, one byte stream for each segment, as utterances of a session that are said one after the other.
 * Whatever comes in whatever order, each header is followed by one `finished`: that is what senders count on.
 * Without input or output of its own, and without a clock: `nowMs` is that of the caller.
 */
export class Segments {
  readonly #work: SegmentWork;
  /** In the order of their headers, until their end is told. */
  #segments: Segment[] = [];
  #lastNumber = 0;
  #waitingBytes = 0;

  constructor(work: SegmentWork) {
    this.#work = work;
  }

  /** How many have begun and are not told to be finished. */
  get open(): number {
    return this.#segments.length;
  }

  /** When `tick` is to be called next, if nothing comes before. */
  get dueMs(): number | undefined {
    const dues = this.#segments.flatMap((segment) => this.#dueOf(segment) ?? []);
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }

  /** Whether something waits for room in the session: `tick` is to be called when there may be some. */
  get waiting(): boolean {
    return this.#waitingBytes > 0;
  }

  /** `attributes`: as the sender gave them. */
  header(stream: number, attributes: Readonly<Record<string, string>>, nowMs: number): void {
    const segment = segmentOf({ number: ++this.#lastNumber, stream, attributes, nowMs });
    for (const older of this.#segments) older.supersededMs ??= nowMs;
    this.#segments.push(segment);
    if (!segment.format) this.#refuse(segment, 'unsupported_audio', segment.fault ?? '');
    else if (this.#segments.length > MOST_SEGMENTS)
      this.#refuse(segment, 'audio_buffer_full', `${MOST_SEGMENTS} segments are kept, as many wait`);
    this.tick(nowMs);
  }

  chunk(stream: number, data: Uint8Array, nowMs: number): void {
    const segment = this.#of(stream);
    if (!segment || data.length === 0) return;
    segment.lastInputMs = nowMs;
    if (this.#waitingBytes + data.length > MOST_WAITING_BYTES) {
      segment.input = 'over';
      this.#work.refused('audio_buffer_full', 'the rest of a segment: more waits than is kept');
    } else {
      segment.waiting.push(data);
      this.#waitingBytes += data.length;
    }
    this.tick(nowMs);
  }

  trailer(stream: number, nowMs: number): void {
    const segment = this.#of(stream);
    if (segment) segment.input = 'over';
    this.tick(nowMs);
  }

  /** All that has begun is over; what comes of it later is late. */
  clear(nowMs: number): void {
    for (const segment of [...this.#segments]) {
      this.#close(segment);
      if (segment.end) continue;
      if (segment.begun) this.#work.drop(segment);
      else segment.end = { playedMs: 0, interrupted: true };
    }
    this.tick(nowMs);
  }

  /** The streams that are open bring nothing more: what has come is said. */
  cutOff(nowMs: number): void {
    for (const segment of this.#segments) segment.input = 'over';
    this.tick(nowMs);
  }

  /** The session says the first of it. */
  started(number: number): void {
    const segment = this.#segments.find((one) => one.number === number);
    if (!segment || segment.started) return;
    segment.started = true;
    this.#work.started();
  }

  /** The session has told its end. */
  ended(number: number, end: { playedMs: number; reason: SpeechEnd }, nowMs: number): void {
    const segment = this.#segments.find((one) => one.number === number);
    if (!segment || segment.end) return;
    segment.end = { playedMs: end.playedMs, interrupted: end.reason === 'interrupted' };
    this.#close(segment);
    this.tick(nowMs);
  }

  /** Time has passed, or the session may have room again. */
  tick(nowMs: number): void {
    for (const segment of this.#segments) {
      const dueMs = this.#dueOf(segment);
      if (dueMs !== undefined && dueMs <= nowMs) segment.input = 'over';
    }
    this.#handOn();
    while (this.#segments[0]?.end) this.#work.finished(this.#segments.shift()!.end!);
  }

  /** In their order: one after the other is given to the session. */
  #handOn(): void {
    for (const segment of this.#segments) {
      if (segment.handed) continue;
      while (segment.waiting.length > 0) {
        if (!this.#work.say(segment, segment.waiting[0])) return;
        segment.begun = true;
        this.#waitingBytes -= segment.waiting.shift()!.length;
      }
      if (segment.input === 'open') return;
      segment.handed = true;
      if (segment.begun) this.#work.complete(segment);
      else segment.end ??= { playedMs: 0, interrupted: false };
    }
  }

  #refuse(segment: Segment, code: 'audio_buffer_full' | 'unsupported_audio', detail: string): void {
    segment.end = { playedMs: 0, interrupted: true };
    this.#close(segment);
    this.#work.refused(code, detail);
  }

  /** Nothing more is taken of it, nor given to the session. */
  #close(segment: Segment): void {
    segment.input = 'over';
    segment.handed = true;
    for (const { length } of segment.waiting.splice(0)) this.#waitingBytes -= length;
  }

  #dueOf({ input, lastInputMs, supersededMs }: Segment): number | undefined {
    if (input === 'over') return undefined;
    const idleMs = lastInputMs + IDLE_AFTER_MS;
    if (supersededMs === undefined) return idleMs;
    return Math.min(idleMs, Math.max(lastInputMs, supersededMs) + SUPERSEDED_AFTER_MS);
  }

  /** Of a stream, as long as more of it is taken. */
  #of(stream: number): Segment | undefined {
    return this.#segments.find((one) => one.stream === stream && one.input === 'open');
  }
}
