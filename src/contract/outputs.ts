/** What can be taken of a session, and the packets that come of it, each at the moment when it should leave the server. */
import { type CodecChoice, type PictureFormat, USUAL_CODEC, type VideoCodec } from './formats.ts';
import type { PictureDelays } from './stats.ts';

/** Motion frames, for whoever draws the face by himself. */
export interface MotionOutput {
  kind: 'motion';
}
/** What each picture is drawn of, at the session's rate, for whoever draws it as the server would. */
export interface DrawingOutput {
  kind: 'drawing';
}
/** What is heard: Opus, or mono float32 at 48 kHz; either in packets of 20 ms. */
export interface VoiceOutput {
  kind: 'voice';
  encoding: 'opus' | 'pcm';
}
/**
 * What the user says, as the avatar hears it: 16 kHz mono in packets of 20 ms, whichever microphone it comes from. Only
 * for those who may speak in the session.
 */
export interface UserAudioOutput {
  kind: 'userAudio';
  encoding: UserAudioEncoding;
}
/** `pcm`: s16le. */
export const USER_AUDIO_ENCODINGS = ['pcm', 'opus'] as const;
export type UserAudioEncoding = (typeof USER_AUDIO_ENCODINGS)[number];
/**
 * How a picture stands by itself: `i420`, `Uint8Array [width·height·3/2]`, BT.601, limited range, planes Y, U, V, as it
 * is drawn; `rgb`, `Uint8Array [height·width·3]`; `jpeg`, a JFIF file.
 */
export const PICTURE_ENCODINGS = ['i420', 'rgb', 'jpeg'] as const;
export type PictureEncoding = (typeof PICTURE_ENCODINGS)[number];

/** How captions are written. */
export const CAPTION_FORMATS = ['webvtt'] as const;
export type CaptionFormat = (typeof CAPTION_FORMATS)[number];

/** Pictures each of which stands by itself, at the session's rate. */
export interface PictureOutput extends PictureFormat {
  kind: 'picture';
  encoding: PictureEncoding;
  /** The person over black, and how much of each pixel is the person. */
  matte: boolean;
}
/** Encoded pictures, at the session's rate; twice as high where the session's background is `matte`. */
export interface VideoOutput extends PictureFormat {
  kind: 'video';
  codec: VideoCodec;
  /** The most that the taker wants. It is no difference between outputs: one encoder serves them all. */
  bitrateKbps: number;
}
export type Output =
  | MotionOutput
  | DrawingOutput
  | VoiceOutput
  | UserAudioOutput
  | PictureOutput
  | VideoOutput;

/** Something that is made once, for all who take it. Packets carry its key. */
export interface Stream {
  /** `outputKey` of its output, with a suffix where the same video is made at two bitrates. */
  key: string;
  output: Output;
}

/** Equal for outputs that are made once for all who take them. */
export function outputKey(output: Output): string {
  const format = ({ width, height, fit }: PictureFormat) => `${width}x${height}/${fit}`;
  switch (output.kind) {
    case 'motion':
      return 'motion';
    case 'drawing':
      return 'drawing';
    case 'voice':
      return `voice/${output.encoding}`;
    case 'userAudio':
      return `userAudio/${output.encoding}`;
    case 'picture':
      return `picture/${output.encoding}/${format(output)}${output.matte ? '/matte' : ''}`;
    case 'video':
      return `video/${output.codec}/${format(output)}`;
  }
}

export function streamOf(output: Output): Stream {
  return { key: outputKey(output), output };
}

export const MOTION: MotionOutput = Object.freeze({ kind: 'motion' });
export const DRAWING: DrawingOutput = Object.freeze({ kind: 'drawing' });
export const OPUS_VOICE: VoiceOutput = Object.freeze({ kind: 'voice', encoding: 'opus' });
export const PCM_VOICE: VoiceOutput = Object.freeze({ kind: 'voice', encoding: 'pcm' });

export const USER_AUDIO: Readonly<Record<UserAudioEncoding, UserAudioOutput>> = Object.freeze({
  pcm: Object.freeze({ kind: 'userAudio', encoding: 'pcm' }),
  opus: Object.freeze({ kind: 'userAudio', encoding: 'opus' }),
});

/** The video of those who name no format: the session's own. `shown`: what they can show, where it is left to them. */
export function usualVideo(
  settings: PictureFormat & Pick<VideoOutput, 'bitrateKbps'> & { codec: CodecChoice },
  shown: VideoCodec = USUAL_CODEC,
): VideoOutput {
  const { width, height, fit, bitrateKbps } = settings;
  const codec = settings.codec === 'auto' ? shown : settings.codec;
  return { kind: 'video', codec, width, height, fit, bitrateKbps };
}

/** `mediaTimeMs` counts from the start of the session, without gaps; `epoch` rises with each interruption. */
export interface Timed {
  mediaTimeMs: number;
  epoch: number;
}
interface OfStream extends Timed {
  /** Key of the stream that it belongs to. */
  stream: string;
}
export interface VideoPacket extends OfStream {
  kind: 'video';
  data: Uint8Array;
  key: boolean;
  /** Where its delay comes from, as far as that is known. */
  delays?: PictureDelays;
}
/** One Opus packet: 20 ms, 48 kHz, mono. */
export interface VoicePacket extends OfStream {
  kind: 'voice';
  data: Uint8Array;
}
export interface PcmPacket extends OfStream {
  kind: 'pcm';
  /** `Float32Array[960]`: 20 ms of mono at 48 kHz, −1..1. */
  samples: Float32Array;
}
/** 20 ms of the user: 320 samples of s16le, or an Opus packet. */
export interface UserAudioPacket extends Omit<OfStream, 'epoch'> {
  kind: 'userAudio';
  data: Uint8Array;
}
export interface PicturePacket extends OfStream {
  kind: 'picture';
  /** As it was asked for, or less where the machine is busy. */
  width: number;
  height: number;
  /** In the encoding of its output. */
  data: Uint8Array;
  /** `Uint8Array [width·height]`, 0 background … 255 person. The picture is premultiplied by it. */
  matte?: Uint8Array;
}
export interface MotionPacket extends OfStream {
  kind: 'motion';
  /** `Float32Array[58]`, see motion-frame.ts. */
  frame: Float32Array;
}
export interface DrawingPacket extends OfStream {
  kind: 'drawing';
  /** `Float32Array[58]`, rounded as drawn-frame.ts says. */
  frame: Float32Array;
}
export type Packet =
  | VideoPacket
  | VoicePacket
  | PcmPacket
  | UserAudioPacket
  | PicturePacket
  | MotionPacket
  | DrawingPacket;
