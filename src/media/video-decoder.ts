import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AVERROR_EAGAIN,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { check } from '../audio/ffmpeg.ts';
import type { VideoCodec } from '../contract/formats.ts';
import { VultusError } from '../errors.ts';
import { createI420, type I420 } from '../image/i420.ts';

const CODEC_IDS = {
  h264: AV_CODEC_ID_H264,
  vp8: AV_CODEC_ID_VP8,
  vp9: AV_CODEC_ID_VP9,
  av1: AV_CODEC_ID_AV1,
};

/** One stream of encoded pictures to pictures, one for each: FFmpeg's own decoder, which nothing of ours encodes with. */
export class VideoDecoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  /** Of the last picture, as FFmpeg numbers them. */
  colorRange = 0;
  colorSpace = 0;

  /** @throws VultusError `encoder_failed` where FFmpeg cannot decode it */
  constructor(codec: VideoCodec) {
    const decoder = Codec.findDecoder(CODEC_IDS[codec]);
    if (!decoder) throw new VultusError('encoder_failed', `FFmpeg has no decoder for ${codec}`);
    this.#context.allocContext3(decoder);
    this.#context.threadCount = 1;
    this.#context.setOption('flags', '+low_delay');
    check(this.#context.open2Sync(decoder), `open the decoder of ${codec}`);
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** The picture of this packet, or undefined where none can be made of it. */
  decode(data: Uint8Array): I420 | undefined {
    this.#packet.data = Buffer.from(data);
    if (this.#context.sendPacketSync(this.#packet) < 0) return undefined;
    const received = this.#context.receiveFrameSync(this.#frame);
    if (received === AVERROR_EAGAIN || received < 0) return undefined;
    const { width, height, linesize } = this.#frame;
    this.colorRange = this.#frame.colorRange;
    this.colorSpace = this.#frame.colorSpace;
    const picture = createI420(width, height);
    let at = 0;
    for (let plane = 0; plane < 3; plane++) {
      const shift = plane === 0 ? 0 : 1;
      for (let row = 0; row < height >> shift; row++, at += width >> shift) {
        const start = row * linesize[plane];
        picture.data.set(this.#frame.data![plane].subarray(start, start + (width >> shift)), at);
      }
    }
    return picture;
  }

  close(): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}
