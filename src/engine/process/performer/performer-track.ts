import { CHANNEL, HEAD_CHANNELS, MOTION_SIZE, type MotionChannel } from '../../../contract/motion-frame.ts';
import type { PerformedFrame, PerformedHead } from '../../../contract/performed-motion.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import { OneEuro, type OneEuroOptions } from './one-euro.ts';
import { PerformerClock } from './performer-clock.ts';

/** Nothing of a channel for so many of its frames, within these limits: it has been lost. */
const LOST_AFTER_FRAMES = 4;
const [LEAST_LOST_MS, MOST_LOST_MS] = [120, 250];
/** Out: with the wait before, less than half a second. In: slow enough for the eye to follow. */
const [FADE_OUT_MS, FADE_IN_MS] = [220, 400];
/** What comes again before it has faded goes on from where it was, as slowly as this. */
const [FOUND_TIME_CONSTANT_S, FOUND_MS] = [0.1, 250];
/** Frames a second that make sense: what lies between two is no longer and no shorter. */
const [LEAST_INTERVAL_MS, MOST_INTERVAL_MS] = [1000 / 120, 1000 / 10];
/** Between two pictures: what was away for longer begins its fade, and does not end it. */
const MOST_ELAPSED_MS = 80;
const KEPT_MS = 1200;

const SHAPE: OneEuroOptions = { minCutoffHz: 1.5, hzPerSpeed: 6 };
const ANGLE: OneEuroOptions = { minCutoffHz: 1, hzPerSpeed: 20 };
const SHIFT: OneEuroOptions = { minCutoffHz: 1, hzPerSpeed: 20 };

const FIRST_HEAD_CHANNEL = MOTION_SIZE - HEAD_CHANNELS.length;
const HEAD_FIELDS = Object.entries({
  ...{ yaw: 'headYaw', pitch: 'headPitch', roll: 'headRoll', x: 'headX', y: 'headY', distance: 'distance' },
}) as [keyof PerformedHead, MotionChannel][];

/** One value of the face, as the performer shows it. */
interface Track {
  filter: OneEuro;
  seenMs: number;
  arrivedMs: number;
  /** Until when it moves softly, because it was lost for a moment. */
  softUntilMs: number;
  /** How much of it is shown, 0..1. */
  share: number;
}

/**
 * The face of a performer between its frames: smoothed, told ahead to the moment of a picture by less than a frame, and
 * faded where it is lost or found. Times are of the session's clock, milliseconds.
 */
export class PerformerTrack {
  readonly #clock = new PerformerClock();
  readonly #tracks: readonly Track[] = Array.from({ length: MOTION_SIZE }, (_, channel) => ({
    filter: new OneEuro(channel < FIRST_HEAD_CHANNEL ? SHAPE : channel < CHANNEL.headX ? ANGLE : SHIFT),
    seenMs: Number.NEGATIVE_INFINITY,
    arrivedMs: Number.NEGATIVE_INFINITY,
    softUntilMs: Number.NEGATIVE_INFINITY,
    share: 0,
  }));
  /** What was shown of each frame, oldest first. */
  readonly #past: { seenMs: number; values: Float32Array }[] = [];
  #intervalMs = 1000 / 30;
  #lastSeenMs = Number.NEGATIVE_INFINITY;
  #fadedMs = Number.NEGATIVE_INFINITY;

  take({ timeMs, shapes = {}, head }: PerformedFrame, arrivedMs: number): void {
    const seenMs = this.#clock.seenMs(timeMs, arrivedMs);
    if (seenMs === undefined) return;
    const given = [
      ...(Object.entries(shapes) as [MotionChannel, number | undefined][]),
      ...(head ? HEAD_FIELDS.map(([field, channel]) => [channel, head[field]] as const) : []),
    ].filter((entry): entry is [MotionChannel, number] => entry[1] !== undefined);
    if (given.length === 0) {
      for (const track of this.#tracks) track.arrivedMs = Number.NEGATIVE_INFINITY;
      return;
    }
    this.#measureInterval(seenMs);
    for (const [channel, value] of given)
      this.#follow(this.#tracks[CHANNEL[channel]], value, seenMs, arrivedMs);
    const values = Float32Array.from(this.#tracks, ({ filter }) => filter.value);
    this.#past.push({ seenMs, values });
    while (seenMs - this.#past[0].seenMs > KEPT_MS) this.#past.shift();
  }

  /** Whether anything is to be shown of it. */
  get present(): boolean {
    return this.#past.length > 0;
  }

  /** To be called before each picture: fades what has been lost or found. */
  fade(nowMs: number): void {
    const elapsedMs = Math.max(0, Math.min(MOST_ELAPSED_MS, nowMs - this.#fadedMs));
    this.#fadedMs = nowMs;
    let shown = false;
    for (const track of this.#tracks) {
      const tracked = nowMs - track.arrivedMs < this.#lostAfterMs;
      track.share = clamp(track.share + (tracked ? elapsedMs / FADE_IN_MS : -elapsedMs / FADE_OUT_MS), 0, 1);
      shown ||= tracked || track.share > 0;
    }
    if (!shown) this.#past.length = 0;
  }

  /** 0..1: how much of a channel is the performer's now. */
  shareOf(channel: number): number {
    return smoothstep(0, 1, this.#tracks[channel].share);
  }

  /** A channel at this moment. */
  valueAt(channel: number, ms: number): number {
    const { filter, seenMs } = this.#tracks[channel];
    if (ms < this.#lastSeenMs) return this.#pastValue(channel, ms);
    const ahead = Math.min(ms - seenMs, this.#intervalMs) / 1000;
    const value = filter.value + ahead * filter.speed;
    return channel < FIRST_HEAD_CHANNEL ? clamp(value, 0, 1) : value;
  }

  get #lostAfterMs(): number {
    return clamp(LOST_AFTER_FRAMES * this.#intervalMs, LEAST_LOST_MS, MOST_LOST_MS);
  }

  #measureInterval(seenMs: number): void {
    const sinceMs = Math.max(LEAST_INTERVAL_MS, seenMs - this.#lastSeenMs);
    if (sinceMs <= MOST_INTERVAL_MS) this.#intervalMs += 0.1 * (sinceMs - this.#intervalMs);
    this.#lastSeenMs = seenMs;
  }

  #follow(track: Track, value: number, seenMs: number, arrivedMs: number): void {
    const sinceMs = seenMs - track.seenMs;
    const wasLost = sinceMs > this.#lostAfterMs || track.arrivedMs === Number.NEGATIVE_INFINITY;
    track.seenMs = seenMs;
    track.arrivedMs = arrivedMs;
    if (wasLost && track.share === 0) {
      track.filter.reset(value);
      return;
    }
    if (wasLost) track.softUntilMs = seenMs + FOUND_MS;
    const seconds = Math.max(LEAST_INTERVAL_MS / 4, Math.min(MOST_INTERVAL_MS, sinceMs)) / 1000;
    track.filter.take(value, seconds, seenMs < track.softUntilMs ? FOUND_TIME_CONSTANT_S : 0);
  }

  #pastValue(channel: number, ms: number): number {
    const next = this.#past.findIndex(({ seenMs }) => seenMs > ms);
    const after = this.#past[next < 0 ? this.#past.length - 1 : next];
    const before = this.#past[Math.max(0, next - 1)];
    if (after === before) return after.values[channel];
    const share = (ms - before.seenMs) / (after.seenMs - before.seenMs);
    return before.values[channel] + Math.max(0, share) * (after.values[channel] - before.values[channel]);
  }
}
