import { createI420, type I420 } from '../image/i420.ts';
import { createVideoEncoder } from './create-video-encoder.ts';
import { scaleI420 } from './scale-i420.ts';
import type { EncodedPicture, VideoEncoder, VideoEncoderSettings } from './video-encoder.ts';

/** What is made of pictures that come in at full size and rate. */
export interface SentFormat {
  /** Of the encoded picture in pixels, each at least half of the full one. */
  width: number;
  height: number;
  /** Only every `step`-th picture comes. */
  step: number;
}

/**
 * An encoder whose pictures may become smaller and fewer while it runs. The stream goes on with a key frame that
 * carries the new size, as H.264, VP8, VP9 and AV1 all allow.
 */
export class AdaptiveEncoder {
  readonly #full: VideoEncoderSettings;
  #encoder: VideoEncoder;
  #scaled: I420 | undefined;
  #bitrateKbps: number;
  #step = 1;

  /** Throws `encoder_failed`. */
  constructor(settings: VideoEncoderSettings) {
    this.#full = settings;
    this.#bitrateKbps = settings.bitrateKbps;
    this.#encoder = createVideoEncoder(settings);
  }

  /** `picture`: of the size that is sent, or up to twice as large. Throws `encoder_failed`. */
  encode(picture: I420, options: { keyFrame?: boolean } = {}): EncodedPicture {
    const { width, height } = this.#encoder.settings;
    if (picture.width === width && picture.height === height) return this.#encoder.encode(picture, options);
    if (this.#scaled?.width !== width || this.#scaled.height !== height)
      this.#scaled = createI420(width, height);
    scaleI420(picture, this.#scaled);
    return this.#encoder.encode(this.#scaled, options);
  }

  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
    // The encoder counts on all pictures: where fewer come, each may have more.
    this.#encoder.setBitrate(bitrateKbps * this.#step);
  }

  setFormat({ width, height, step }: SentFormat): void {
    this.#step = step;
    const { settings } = this.#encoder;
    if (width === settings.width && height === settings.height) {
      this.setBitrate(this.#bitrateKbps);
      return;
    }
    this.#encoder.close();
    const bitrateKbps = this.#bitrateKbps * step;
    this.#encoder = createVideoEncoder({ ...this.#full, width, height, bitrateKbps });
  }

  close(): void {
    this.#encoder.close();
  }
}
