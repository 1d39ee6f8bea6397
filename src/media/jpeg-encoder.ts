import { AV_PIX_FMT_YUVJ420P, AVCOL_RANGE_JPEG, FF_ENCODER_MJPEG } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import { check, copyPayload, drained, setOptions } from '../audio/ffmpeg.ts';
import { VultusError } from '../errors.ts';
import type { I420 } from '../image/i420.ts';
import { PixelConverter } from './pixel-converter.ts';

/** Of quantisers 2 (best) to 31: 41 dB and 22 kB for a face at 512×512. */
const QUANTISER = 3;

/**
 * JPEG files (JFIF: BT.601, full range, 4:2:0) of pictures of one size, by FFmpeg's encoder of Motion JPEG. Costs 3 ms for
 * 512×512, conversion of the range included.
 */
export class JpegEncoder {
  readonly #converter: PixelConverter;
  readonly #context = new CodecContext();
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  #pts = 0n;

  /** Throws `encoder_failed`. */
  constructor(width: number, height: number) {
    const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
    if (!codec) throw new VultusError('encoder_failed', 'this FFmpeg has no mjpeg');
    this.#converter = new PixelConverter(width, height, AV_PIX_FMT_YUVJ420P);
    this.#context.allocContext3(codec);
    this.#frame.alloc();
    this.#packet.alloc();
    try {
      for (const target of [this.#context, this.#frame]) {
        target.width = width;
        target.height = height;
        target.colorRange = AVCOL_RANGE_JPEG;
      }
      this.#context.pixelFormat = AV_PIX_FMT_YUVJ420P;
      this.#context.timeBase = new Rational(1, 25);
      this.#context.threadCount = 1;
      setOptions(this.#context, { qmin: QUANTISER, qmax: QUANTISER, huffman: 'default' });
      check(this.#context.open2Sync(codec), `open mjpeg at ${width}×${height}`);
      this.#frame.format = AV_PIX_FMT_YUVJ420P;
      check(this.#frame.getBuffer(0), 'allocate a picture');
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** Throws `encoder_failed`. */
  encode(picture: I420): Uint8Array {
    const frame = this.#frame;
    check(frame.makeWritable(), 'write to a picture');
    this.#converter.convert(picture, frame.data ?? [], frame.linesize);
    frame.pts = this.#pts++;
    check(this.#context.sendFrameSync(frame), 'encode a picture');
    if (drained(this.#context.receivePacketSync(this.#packet), 'encode a picture')) {
      throw new VultusError('encoder_failed', 'the encoder held a picture back');
    }
    const file = copyPayload(this.#packet);
    this.#packet.unref();
    return file;
  }

  close(): void {
    this.#converter.close();
    this.#context.freeContext();
    this.#frame.free();
    this.#packet.free();
  }
}
