import type { Stream } from '../contract/outputs.ts';

/** What makes the streams: the engine. */
export interface StreamMaker {
  /** From now on these are made, and nothing else. */
  setStreams(streams: readonly Stream[]): void;
  requestKeyFrame(stream: string): void;
  setBitrate(stream: string, bitrateKbps: number): void;
}
