import { appendFileSync } from 'node:fs';
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLTP,
  type FFEncoderCodec,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FormatContext,
  Frame,
  Packet,
  Rational,
  type Stream,
} from 'node-av/lib';
import { check, drained, type OptionTable, setOptions } from '../audio/ffmpeg.ts';
import { VultusError, withCode } from '../errors.ts';
import type { I420 } from '../image/i420.ts';
import { AI_LABEL_COMMENT, aiLabelBox } from './ai-label.ts';
import { describePictures, PictureFrame } from './picture-frame.ts';
import { addTextTrack, textSample } from './text-track.ts';
import type { Cue } from './webvtt.ts';

export interface Mp4Settings {
  video: { width: number; height: number; fps: number };
  /** Mono voice. */
  audio: { sampleRateHz: number };
  /** Whether there is a track of what is said (3GPP TS 26.245), which players offer as subtitles. */
  captions?: boolean;
}

interface Track {
  readonly context: CodecContext;
  readonly stream: Stream;
}

const AUDIO_BITRATE = 128_000n;

/**
 * An MP4 file with H.264 (High, x264 `veryfast` at CRF 18) and AAC, playable while it is still loading, and
 * marked as AI-generated. All calls are synchronous and throw `encoder_failed`.
 */
export class Mp4Writer {
  readonly #path: string;
  readonly #container: FormatContext;
  readonly #video: Track;
  readonly #audio: Track;
  readonly #picture: PictureFrame;
  readonly #packet = new Packet();
  readonly #text: Stream | undefined;
  #pictures = 0n;
  #samples = 0n;
  /** Voice that does not fill an AAC frame yet. */
  #pending: Float32Array = new Float32Array(0);
  #closed = false;

  static create(path: string, settings: Mp4Settings): Mp4Writer {
    return new Mp4Writer(path, settings);
  }

  private constructor(path: string, { video, audio, captions }: Mp4Settings) {
    this.#path = path;
    const container = new FormatContext();
    this.#container = container;
    check(container.allocOutputContext2(null, 'mp4', `file:${path}`), 'create an MP4 container');
    this.#video = addTrack(
      container,
      'libx264',
      { preset: 'veryfast', crf: 18, profile: 'high' },
      (context) => {
        describePictures(context, video.width, video.height);
        context.timeBase = new Rational(1, video.fps);
        context.framerate = new Rational(video.fps, 1);
        context.gopSize = video.fps * 5;
        context.threadCount = 1;
      },
    );
    this.#audio = addTrack(container, 'aac', {}, (context) => {
      context.sampleRate = audio.sampleRateHz;
      context.sampleFormat = AV_SAMPLE_FMT_FLTP;
      context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
      context.timeBase = new Rational(1, audio.sampleRateHz);
      context.bitRate = AUDIO_BITRATE;
    });
    this.#text = captions ? addTextTrack(container) : undefined;
    container.metadata = Dictionary.fromObject({ comment: AI_LABEL_COMMENT });
    setOptions(container, { movflags: '+faststart' });
    check(container.openOutputSync(), `open ${path} for writing`);
    check(container.writeHeaderSync(), 'write the MP4 header');
    this.#picture = new PictureFrame(video.width, video.height);
    this.#packet.alloc();
  }

  /** `frameIndex` counts from the start of the film at its frame rate; by default the one after the last. */
  writePicture(picture: I420, frameIndex: number = Number(this.#pictures)): void {
    this.#assertOpen();
    const frame = this.#picture.fill(picture, BigInt(frameIndex), false);
    this.#pictures = BigInt(frameIndex) + 1n;
    this.#encode(this.#video, frame, 'encode a picture');
  }

  /** `samples`: `Float32Array`, −1..1, any number; the voice runs without gaps from the start of the film. */
  writeVoice(samples: Float32Array): void {
    this.#assertOpen();
    const joined = new Float32Array(this.#pending.length + samples.length);
    joined.set(this.#pending);
    joined.set(samples, this.#pending.length);
    const size = this.#audio.context.frameSize;
    let at = 0;
    for (; at + size <= joined.length; at += size) this.#encodeVoice(joined.subarray(at, at + size));
    this.#pending = joined.slice(at);
  }

  /** In the order of their times, which do not overlap; before or after what is seen and heard then. */
  writeCaption(cue: Cue): void {
    this.#assertOpen();
    if (!this.#text) throw new VultusError('encoder_failed', 'the MP4 file has no track for captions');
    const packet = textSample(cue, this.#text);
    check(this.#container.interleavedWriteFrameSync(packet), 'write captions');
    packet.free();
  }

  /** Completes the file. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#pending.length > 0) this.#encodeVoice(this.#pending);
      this.#encode(this.#video, null, 'finish the pictures');
      this.#encode(this.#audio, null, 'finish the voice');
      check(this.#container.writeTrailerSync(), 'complete the MP4 file');
    } finally {
      this.#container.closeOutputSync();
      this.#container.freeContext();
      this.#video.context.freeContext();
      this.#audio.context.freeContext();
      this.#picture.close();
      this.#packet.free();
    }
    try {
      appendFileSync(this.#path, aiLabelBox());
    } catch (cause) {
      throw withCode('encoder_failed', cause);
    }
  }

  #encodeVoice(samples: Float32Array): void {
    const { context } = this.#audio;
    const frame = Frame.fromAudioBuffer(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength), {
      nbSamples: samples.length,
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate: context.sampleRate,
      channelLayout: AV_CHANNEL_LAYOUT_MONO,
      pts: this.#samples,
    });
    this.#samples += BigInt(samples.length);
    this.#encode(this.#audio, frame, 'encode the voice');
    frame.free();
  }

  #encode({ context, stream }: Track, frame: Frame | null, doing: string): void {
    check(context.sendFrameSync(frame), doing);
    while (!drained(context.receivePacketSync(this.#packet), doing)) {
      this.#packet.streamIndex = stream.index;
      // x264 leaves the duration out, and the last picture would then last no time at all.
      if (this.#packet.duration === 0n) this.#packet.duration = 1n;
      this.#packet.rescaleTs(context.timeBase, stream.timeBase);
      check(this.#container.interleavedWriteFrameSync(this.#packet), 'write to the MP4 file');
      this.#packet.unref();
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new VultusError('encoder_failed', 'the MP4 file is complete');
  }
}

function addTrack(
  container: FormatContext,
  encoder: string,
  options: OptionTable,
  configure: (context: CodecContext) => void,
): Track {
  const codec = Codec.findEncoderByName(encoder as FFEncoderCodec);
  if (!codec) throw new VultusError('encoder_failed', `this FFmpeg has no ${encoder}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  configure(context);
  setOptions(context, options);
  // MP4 keeps parameter sets once, in its header.
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(context.open2Sync(codec), `open ${encoder}`);
  const stream = container.newStream(codec);
  stream.timeBase = context.timeBase;
  check(stream.codecpar.fromContext(context), `describe ${encoder}`);
  return { context, stream };
}
