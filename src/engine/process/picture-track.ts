import { type Backdrop, stackedHeight } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { createI420, type I420 } from '../../image/i420.ts';
import { AdaptiveEncoder, type SentFormat } from '../../media/adaptive-encoder.ts';
import type { EncodedPicture } from '../../media/video-encoder.ts';
import type { PreparedAvatar } from '../../render/renderer.ts';
import type { PictureStamps } from './picture-delays.ts';
import type { SessionMeter } from './session-meter.ts';

/** The pictures of one session: from a motion frame to an encoded picture. */
export class PictureTrack {
  #avatar: PreparedAvatar;
  readonly #settings: SessionSettings;
  readonly #meter: SessionMeter;
  readonly #now: () => number;
  #picture: I420;
  #backdrop: Backdrop;
  readonly #encoder: AdaptiveEncoder;
  #keyFrameWanted = true;
  #bitrateKbps: number | undefined;
  #begunMs = 0;
  #renderedMs = 0;

  constructor(options: {
    /** In the format and before the background of the settings. */
    avatar: PreparedAvatar;
    settings: SessionSettings;
    meter: SessionMeter;
    now: () => number;
  }) {
    const { settings } = options;
    const { width, codec, fps, bitrateKbps } = settings;
    const height = stackedHeight(settings.height, settings.background);
    this.#avatar = options.avatar;
    this.#settings = settings;
    this.#meter = options.meter;
    this.#now = options.now;
    this.#picture = createI420(width, height);
    this.#backdrop = settings.background;
    this.#encoder = new AdaptiveEncoder({ codec, width, height, fps, bitrateKbps });
  }

  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  /** From the next picture on, which costs some milliseconds more; of the same height as the one before. */
  setBackground(backdrop: Backdrop): void {
    this.#backdrop = backdrop;
    this.#avatar.setBackdrop(backdrop);
  }

  /** From the next picture on. */
  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
  }

  /**
   * @param sent without a matte below it
   * @param drawn what is drawn for it; another one than before costs tens of milliseconds, once
   */
  setFormat(sent: SentFormat, drawn: PictureFormat): void {
    if (drawn.width !== this.format.width) {
      this.#avatar = this.#avatar.inFormat(drawn);
      this.#picture = createI420(drawn.width, stackedHeight(drawn.height, this.#backdrop));
    }
    this.#encoder.setFormat({ ...sent, height: stackedHeight(sent.height, this.#backdrop) });
  }

  get drawsTogether(): boolean {
    return this.#avatar.drawsTogether;
  }

  /** Of what is drawn. */
  get format(): PictureFormat {
    return this.#avatar.format;
  }

  /** `frame`: `Float32Array [58]` */
  async draw(frame: Float32Array, mediaTimeMs: number): Promise<void> {
    this.#begunMs = this.#now();
    await this.#avatar.draw(frame, this.#picture, { mediaTimeMs, seed: this.#settings.seed });
    this.#renderedMs = this.#now();
  }

  /**
   * Encodes what was drawn last.
   * @param renderMs what drawing it cost
   * @throws VultusError `encoder_failed`
   */
  encode(renderMs: number): EncodedPicture & { stamps: PictureStamps } {
    const startMs = performance.now();
    if (this.#bitrateKbps !== undefined) this.#encoder.setBitrate(this.#bitrateKbps);
    this.#bitrateKbps = undefined;
    const picture = this.#encoder.encode(this.#picture, { keyFrame: this.#keyFrameWanted });
    this.#keyFrameWanted = false;
    this.#meter.picture({ render: renderMs, encode: performance.now() - startMs });
    const stamps = { begunMs: this.#begunMs, renderedMs: this.#renderedMs, encodedMs: this.#now() };
    return { ...picture, stamps };
  }

  close(): void {
    this.#encoder.close();
  }
}
