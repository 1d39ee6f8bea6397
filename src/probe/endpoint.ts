/** The port of what is probed: anything that turns segments of voice into a face, and says when each has ended. */

/** Of voice that is sent. */
export const VOICE_RATE_HZ = 24_000;

/** Planes Y, U, V, one after the other: BT.601, limited range. */
export interface SeenPicture {
  data: Uint8Array;
  width: number;
  height: number;
}

export interface SegmentEnd {
  playedMs: number;
  interrupted: boolean;
}

/** What hears of it, each at the moment when it comes (`performance.now()`). */
export interface Observer {
  picture(picture: SeenPicture, atMs: number): void;
  /** Mono, −1..1; `atMs` is when its last sample has come. */
  sound(samples: Float32Array, rateHz: number, atMs: number): void;
  started(atMs: number): void;
  finished(end: SegmentEnd, atMs: number): void;
  /** Nothing comes any more. */
  lost(detail: string): void;
}

export interface Endpoint {
  /** In words, for the report. */
  readonly name: string;
  /** Resolves when its picture can be had. @throws VultusError where that is not within half a minute */
  join(observer: Observer): Promise<void>;
  /** Voice of the segment that is being sent, or of a new one: mono, 24 kHz. */
  say(samples: Int16Array): Promise<void>;
  endSegment(): Promise<void>;
  /** All that was said is to be dropped. Resolves when it is taken. */
  clear(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
