import type { I420 } from './i420.ts';

export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

export interface VideoEncoderSettings {
  codec: VideoCodec;
  width: number;
  height: number;
  fps: number;
  bitrateKbps: number;
}

export interface EncodedPicture {
  /** H.264: Annex B with in-band parameter sets at key frames; VP8, VP9: one frame; AV1: a temporal unit. Owned by the receiver. */
  data: Uint8Array;
  key: boolean;
}

/** One encoder for one stream. No frame is ever held back: each `encode` returns its own picture. */
export interface VideoEncoder {
  readonly settings: Readonly<VideoEncoderSettings>;
  /** Synchronous; throws `VultusError('encoder_failed')`. */
  encode(picture: I420, options?: { keyFrame?: boolean }): EncodedPicture;
  /** Takes effect from the next picture on (all but H.264 reopen their encoder, which costs a key frame). */
  setBitrate(bitrateKbps: number): void;
  close(): void;
}
