import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer, SeenPicture, SegmentEnd } from '../endpoint.ts';
import type { Sample } from './lag.ts';

const STEP_MS = 10;
const POLL_MS = 5;

export interface TimedPicture extends SeenPicture {
  atMs: number;
}

/** What has come of an endpoint, with its times. */
export class Recorder implements Observer {
  firstPictureMs: number | undefined;
  /** Why nothing comes any more. */
  lostWhy: string | undefined;
  /** RMS of each 10 ms, at its end. */
  sounds: Sample[] = [];
  /** Those of the time while they are kept: they are large. */
  pictures: TimedPicture[] = [];
  keepsPictures = false;
  readonly ends: (SegmentEnd & { atMs: number })[] = [];
  starts = 0;

  picture(picture: SeenPicture, atMs: number): void {
    this.firstPictureMs ??= atMs;
    if (this.keepsPictures) this.pictures.push({ ...picture, atMs });
  }

  sound(samples: Float32Array, rateHz: number, atMs: number): void {
    const step = (rateHz * STEP_MS) / 1000;
    for (let end = step; end <= samples.length; end += step) {
      const value = rms(samples.subarray(end - step, end));
      this.sounds.push({ atMs: atMs - (1000 * (samples.length - end)) / rateHz, value });
    }
  }

  started(): void {
    this.starts++;
  }

  finished(end: SegmentEnd, atMs: number): void {
    this.ends.push({ ...end, atMs });
  }

  lost(detail: string): void {
    this.lostWhy ??= detail;
  }

  /** Sounds and pictures of before are forgotten. */
  clean(): void {
    this.sounds = [];
    this.pictures = [];
  }

  /** @returns whether it came true in time */
  async until(isTrue: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = performance.now() + limitMs;
    while (!isTrue()) {
      if (performance.now() > endMs || this.lostWhy !== undefined) return false;
      await sleep(POLL_MS);
    }
    return true;
  }
}

export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}
