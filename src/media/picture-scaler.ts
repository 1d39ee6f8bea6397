import { AV_PIX_FMT_YUV420P, SWS_AREA } from 'node-av/constants';
import { SoftwareScaleContext } from 'node-av/lib';
import { check } from '../audio/ffmpeg.ts';
import { createI420, type I420 } from '../image/i420.ts';
import { planes, strides } from './i420-planes.ts';

/**
 * Pictures in one other size, by FFmpeg's libswscale: each pixel is the mean of the area that it covers. Costs
 * 0.15 ms from 512×512 to 384×384, and 0.7 ms from 1080×1920 to 544×960.
 */
export class PictureScaler {
  readonly #target: I420;
  #context: SoftwareScaleContext | undefined;
  #from = { width: 0, height: 0 };

  constructor(width: number, height: number) {
    this.#target = createI420(width, height);
  }

  /** The picture in the size of the scaler, valid until the next call. Throws `encoder_failed`. */
  scale(picture: I420): I420 {
    const { width, height } = picture;
    const target = this.#target;
    if (!this.#context || this.#from.width !== width || this.#from.height !== height) {
      this.close();
      this.#from = { width, height };
      this.#context = new SoftwareScaleContext();
      const format = AV_PIX_FMT_YUV420P;
      this.#context.getContext(width, height, format, target.width, target.height, format, SWS_AREA);
    }
    const rows = this.#context.scaleSync(
      planes(picture),
      strides(picture),
      0,
      height,
      planes(target),
      strides(target),
    );
    check(rows, 'scale a picture');
    return target;
  }

  /** Idempotent. */
  close(): void {
    this.#context?.freeContext();
    this.#context = undefined;
  }
}
