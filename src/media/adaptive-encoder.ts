import type { I420 } from '../image/i420.ts';
import { createVideoEncoder } from './create-video-encoder.ts';
import { PictureScaler } from './picture-scaler.ts';
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
  #scaler: PictureScaler;
  #bitrateKbps: number;
  #step = 1;

  /** Throws `encoder_failed`. */
  constructor(settings: VideoEncoderSettings) {
    this.#full = settings;
    this.#bitrateKbps = settings.bitrateKbps;
    this.#encoder = createVideoEncoder(settings);
    this.#scaler = new PictureScaler(settings.width, settings.height);
  }

  /** `picture`: of the size that is sent, or of another one in its shape. Throws `encoder_failed`. */
  encode(picture: I420, options: { keyFrame?: boolean } = {}): EncodedPicture {
    const { width, height } = this.#encoder.settings;
    if (picture.width === width && picture.height === height) return this.#encoder.encode(picture, options);
    return this.#encoder.encode(this.#scaler.scale(picture), options);
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
    this.close();
    const bitrateKbps = this.#bitrateKbps * step;
    this.#encoder = createVideoEncoder({ ...this.#full, width, height, bitrateKbps });
    this.#scaler = new PictureScaler(width, height);
  }

  close(): void {
    this.#encoder.close();
    this.#scaler.close();
  }
}
