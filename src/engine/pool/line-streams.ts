import type { Stream } from '../../contract/outputs.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { type SessionWork, workOf } from './session-work.ts';

/** Sessions measure over their last 250 pictures. */
const SETTLED_AFTER_MS = 10_000;

/** What a session has to make, as its engine was told last, and what that costs. */
export class LineStreams {
  readonly #settings: SessionSettings;
  #streams: readonly Stream[] = [];
  #work: SessionWork;
  #workSinceMs = Number.NEGATIVE_INFINITY;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.#work = workOf(settings);
  }

  /** With the bitrates of now. */
  get all(): readonly Stream[] {
    return this.#streams;
  }

  get work(): SessionWork {
    return this.#work;
  }

  /** Whether what the session measures belongs to its work of now, and not in part to what it did before. */
  get settled(): boolean {
    return performance.now() - this.#workSinceMs > SETTLED_AFTER_MS;
  }

  set(streams: readonly Stream[]): void {
    this.#streams = streams;
    const former = this.#work;
    this.#work = workOf(this.#settings, streams);
    const { drawnPixels, encodedPixels } = this.#work;
    if (drawnPixels !== former.drawnPixels || encodedPixels !== former.encodedPixels)
      this.#workSinceMs = performance.now();
  }

  setBitrate(stream: string, bitrateKbps: number): void {
    this.#streams = this.#streams.map((one) =>
      one.key === stream && one.output.kind === 'video'
        ? { ...one, output: { ...one.output, bitrateKbps } }
        : one,
    );
  }
}
