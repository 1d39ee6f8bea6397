import type { I420 } from './i420.ts';

export type VideoCodec = 'h264' | 'vp8';

export interface VideoEncoderSettings {
  codec: VideoCodec;
  width: number;
  height: number;
  fps: number;
  bitrateKbps: number;
}

export interface EncodedPicture {
  /** H.264: Annex B with in-band parameter sets at key frames; VP8: one frame. Owned by the receiver. */
  data: Uint8Array;
  key: boolean;
}

/** One encoder for one stream. No frame is ever held back: each `encode` returns its own picture. */
export interface VideoEncoder {
  readonly settings: Readonly<VideoEncoderSettings>;
  /** Synchronous; throws `VultusError('encoder_failed')`. */
  encode(picture: I420, options?: { keyFrame?: boolean }): EncodedPicture;
  /** Takes effect from the next picture on (VP8 reopens its encoder, which costs a key frame). */
  setBitrate(bitrateKbps: number): void;
  close(): void;
}
