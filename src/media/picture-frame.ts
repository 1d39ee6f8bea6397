import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_SMPTE170M,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_SMPTE170M,
} from 'node-av/constants';
import { type CodecContext, Frame } from 'node-av/lib';
import { check } from '../audio/ffmpeg.ts';
import { VultusError } from '../errors.ts';
import type { I420 } from '../image/i420.ts';

/** Marks a stream as what our pictures are: BT.601 (SMPTE 170M), limited range, 4:2:0. */
export function describePictures(context: CodecContext, width: number, height: number): void {
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorPrimaries = AVCOL_PRI_SMPTE170M;
  context.colorTrc = AVCOL_TRC_SMPTE170M;
}

/** One FFmpeg frame that is filled again for every picture, so that encoding allocates no picture memory. */
export class PictureFrame {
  readonly #frame = new Frame();
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#frame.alloc();
    this.#frame.format = AV_PIX_FMT_YUV420P;
    this.#frame.width = width;
    this.#frame.height = height;
    check(this.#frame.getBuffer(0), 'allocate a picture');
  }

  /** The frame with this picture in it, valid until the next call. */
  fill(picture: I420, pts: bigint, keyFrame: boolean): Frame {
    if (picture.width !== this.#width || picture.height !== this.#height) {
      const expected = `${this.#width}×${this.#height}`;
      throw new VultusError('encoder_failed', `a ${picture.width}×${picture.height} picture for ${expected}`);
    }
    const frame = this.#frame;
    // The encoder may still hold the buffer as a reference; FFmpeg then gives us another one.
    check(frame.makeWritable(), 'write to a picture');
    const planes = frame.data;
    if (!planes) throw new VultusError('encoder_failed', 'a picture without memory');
    const strides = frame.linesize;
    let offset = 0;
    for (let plane = 0; plane < 3; plane++) {
      const width = plane === 0 ? this.#width : this.#width >> 1;
      const height = plane === 0 ? this.#height : this.#height >> 1;
      copyPlane(picture.data, offset, planes[plane], strides[plane], width, height);
      offset += width * height;
    }
    frame.pts = pts;
    frame.pictType = keyFrame ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    return frame;
  }

  close(): void {
    this.#frame.free();
  }
}

function copyPlane(
  source: Uint8Array,
  offset: number,
  target: Uint8Array,
  stride: number,
  width: number,
  height: number,
): void {
  if (stride === width) {
    target.set(source.subarray(offset, offset + width * height));
    return;
  }
  for (let row = 0; row < height; row++) {
    const start = offset + row * width;
    target.set(source.subarray(start, start + width), row * stride);
  }
}
