import type { FFEncoderCodec } from 'node-av/constants';
import { Codec, CodecContext, Packet, Rational } from 'node-av/lib';
import { check, copyPayload, drained, type OptionTable, setOptions } from '../audio/ffmpeg.ts';
import type { VideoCodec } from '../contract/formats.ts';
import { VultusError } from '../errors.ts';
import type { I420 } from '../image/i420.ts';
import { h264Level } from './codec-string.ts';
import { describePictures, PictureFrame } from './picture-frame.ts';
import type { EncodedPicture, VideoEncoder, VideoEncoderSettings } from './video-encoder.ts';

/** How one codec is run for live video, where every frame must come out at once. */
interface LiveRecipe {
  readonly encoder: string;
  readonly options: (settings: VideoEncoderSettings) => OptionTable;
  /** Whether FFmpeg passes a new bitrate on to the running encoder. */
  readonly liveBitrate: boolean;
}

/** Receivers ask when they need a key frame; this only bounds how long a recording takes to become seekable. */
const KEY_FRAME_INTERVAL_S = 10;
/** Rate-control buffer: a key frame may use it up, the pictures after it pay it back. */
const BUFFER_S = 0.6;
/**
 * When the bitrate falls, what was saved before is void: x264 would spend it at the old rate for another half
 * second, while the link that asked for less overflows. The buffer starts anew with so much, and grows back.
 */
const BUFFER_AFTER_FALL_S = 0.08;
const BUFFER_GROWTH_S_PER_S = 0.5;

/** Finer is not seen: a face at 1.5 Mbit/s would get 5, and all of the bitrate, for nothing. */
const QUANTISER_FLOOR = 16;

const RECIPES: Readonly<Record<VideoCodec, LiveRecipe>> = Object.freeze({
  // Nothing is cheaper for the same picture: `ultrafast` saves a third of the time and loses 3.7 dB of a face at
  // 400 kbit/s; with `subme=1` it has these back, and costs as much (bench/README.md).
  h264: {
    encoder: 'libx264',
    options: (settings: VideoEncoderSettings) => ({
      preset: 'superfast',
      tune: 'zerolatency',
      profile: 'baseline',
      level: h264Level(settings),
      'forced-idr': 1,
      qmin: QUANTISER_FLOOR,
      'x264-params': 'annexb=1:repeat-headers=1:scenecut=0',
    }),
    liveBitrate: true,
  },
  // max-intra-rate: a key frame of at most three pictures' bits, 11 kB instead of 59 kB at 1.5 Mbit/s.
  vp8: {
    encoder: 'libvpx',
    options: () => ({
      deadline: 'realtime',
      'cpu-used': 8,
      'lag-in-frames': 0,
      'auto-alt-ref': 0,
      'max-intra-rate': 300,
    }),
    liveBitrate: false,
  },
  vp9: {
    encoder: 'libvpx-vp9',
    options: () => ({
      deadline: 'realtime',
      'cpu-used': 8,
      'lag-in-frames': 0,
      'auto-alt-ref': 0,
      'aq-mode': 3,
      'max-intra-rate': 300,
    }),
    liveBitrate: false,
  },
  // pred-struct 1: low delay, no picture is held back; rc 2: constant bitrate; lp 1: no threads of its own.
  av1: {
    encoder: 'libsvtav1',
    options: () => ({ preset: 12, 'svtav1-params': 'rtc=1:pred-struct=1:rc=2:lookahead=0:lp=1' }),
    liveBitrate: false,
  },
});

/**
 * A live encoder by FFmpeg (libx264 constrained baseline as in RFC 6184 `42001f`, libvpx VP8 and VP9, SVT-AV1): one
 * thread, synchronous, no frame held back. Throws `encoder_failed`.
 */
export function createVideoEncoder(settings: VideoEncoderSettings): VideoEncoder {
  return new FfmpegVideoEncoder(settings);
}

class FfmpegVideoEncoder implements VideoEncoder {
  #settings: VideoEncoderSettings;
  readonly #recipe: LiveRecipe;
  readonly #frame: PictureFrame;
  readonly #packet = new Packet();
  #context: CodecContext;
  #pts = 0n;
  #bufferS = BUFFER_S;
  #closed = false;

  constructor(settings: VideoEncoderSettings) {
    this.#settings = { ...settings };
    this.#recipe = RECIPES[settings.codec];
    this.#context = this.#open();
    this.#frame = new PictureFrame(settings.width, settings.height);
    this.#packet.alloc();
  }

  get settings(): Readonly<VideoEncoderSettings> {
    return this.#settings;
  }

  encode(picture: I420, options: { keyFrame?: boolean } = {}): EncodedPicture {
    if (this.#closed) throw new VultusError('encoder_failed', 'the encoder is closed');
    this.#growBuffer();
    const frame = this.#frame.fill(picture, this.#pts++, options.keyFrame ?? false);
    check(this.#context.sendFrameSync(frame), 'encode a picture');
    if (drained(this.#context.receivePacketSync(this.#packet), 'encode a picture')) {
      throw new VultusError('encoder_failed', 'the encoder held a picture back');
    }
    const encoded = { data: copyPayload(this.#packet), key: this.#packet.isKeyframe };
    this.#packet.unref();
    return encoded;
  }

  setBitrate(bitrateKbps: number): void {
    if (this.#closed || bitrateKbps === this.#settings.bitrateKbps) return;
    if (bitrateKbps < this.#settings.bitrateKbps) this.#bufferS = BUFFER_AFTER_FALL_S;
    this.#settings = { ...this.#settings, bitrateKbps };
    if (this.#recipe.liveBitrate) {
      setRate(this.#context, bitrateKbps, this.#bufferS);
    } else {
      const former = this.#context;
      this.#context = this.#open();
      former.freeContext();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.freeContext();
    this.#frame.close();
    this.#packet.free();
  }

  #growBuffer(): void {
    if (this.#bufferS === BUFFER_S) return;
    const { fps, bitrateKbps } = this.#settings;
    this.#bufferS = Math.min(BUFFER_S, this.#bufferS + BUFFER_GROWTH_S_PER_S / fps);
    if (this.#recipe.liveBitrate) setRate(this.#context, bitrateKbps, this.#bufferS);
  }

  #open(): CodecContext {
    const { width, height, fps, bitrateKbps } = this.#settings;
    const codec = Codec.findEncoderByName(this.#recipe.encoder as FFEncoderCodec);
    if (!codec) throw new VultusError('encoder_failed', `this FFmpeg has no ${this.#recipe.encoder}`);
    const context = new CodecContext();
    context.allocContext3(codec);
    try {
      describePictures(context, width, height);
      context.timeBase = new Rational(1, fps);
      context.framerate = new Rational(fps, 1);
      context.gopSize = fps * KEY_FRAME_INTERVAL_S;
      context.maxBFrames = 0;
      context.threadCount = 1;
      setRate(context, bitrateKbps, BUFFER_S);
      setOptions(context, this.#recipe.options(this.#settings));
      check(context.open2Sync(codec), `open ${this.#recipe.encoder} at ${width}×${height}`);
    } catch (cause) {
      context.freeContext();
      throw cause;
    }
    return context;
  }
}

function setRate(context: CodecContext, bitrateKbps: number, bufferS: number): void {
  const bitrate = Math.round(bitrateKbps * 1000);
  context.bitRate = BigInt(bitrate);
  context.rcMaxRate = BigInt(bitrate);
  context.rcBufferSize = Math.round(bitrate * bufferS);
}
