import { type Backdrop, stackedHeight } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import { createI420, type I420 } from '../../image/i420.ts';
import type { Moment, PreparedAvatar } from '../../render/renderer.ts';
import { scaledSides } from './format-ladder.ts';

/** The avatar in one format, drawn once for all streams that show it so. */
export class Drawing {
  readonly #full: PictureFormat;
  readonly #matte: boolean;
  #avatar: PreparedAvatar;
  #picture: I420;
  #backdrop: Backdrop;

  /** `avatar`: in this format and before this backdrop. */
  constructor(avatar: PreparedAvatar, format: PictureFormat, backdrop: Backdrop) {
    this.#avatar = avatar;
    this.#full = format;
    this.#backdrop = backdrop;
    this.#matte = backdrop.kind === 'matte';
    this.#picture = createI420(format.width, stackedHeight(format.height, backdrop));
  }

  /** As it was drawn last, until it is drawn again. */
  get picture(): I420 {
    return this.#picture;
  }

  /** Of what is drawn, without a matte below it. */
  get format(): PictureFormat {
    return this.#avatar.format;
  }

  /** From the next picture on, which costs some milliseconds more; where it has a matte, it keeps that. */
  setBackground(backdrop: Backdrop): void {
    if ((backdrop.kind === 'matte') !== this.#matte) return;
    this.#backdrop = backdrop;
    this.#avatar.setBackdrop(backdrop);
  }

  /** `scale`: of the sides; another one than before costs tens of milliseconds, once. */
  setScale(scale: number): void {
    const { width, height } = scaledSides(this.#full, scale);
    if (width === this.format.width && height === this.format.height) return;
    this.#avatar = this.#avatar.inFormat({ width, height, fit: this.#full.fit });
    this.#picture = createI420(width, stackedHeight(height, this.#backdrop));
  }

  /** @param frame `Float32Array [58]` */
  draw(frame: Float32Array, moment: Moment): Promise<void> {
    return this.#avatar.draw(frame, this.#picture, moment);
  }
}
