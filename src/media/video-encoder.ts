import type { VideoCodec } from '../contract/formats.ts';
import type { I420 } from '../image/i420.ts';

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
