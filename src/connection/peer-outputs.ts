import type { VideoCodec } from '../contract/formats.ts';
import { MOTION, OPUS_VOICE, type Output, usualVideo, type VideoOutput } from '../contract/outputs.ts';
import type { Taker, Taking } from '../session/session-api.ts';
import type { Attachment } from './attachment.ts';

/** What a peer takes over the channel that it speaks on. */
export class PeerOutputs {
  readonly #attachment: Attachment;
  readonly #taker: Taker;
  readonly #media: boolean;
  #shown: VideoCodec | undefined;
  #taking: Taking | undefined;

  /** `media`: whether video and voice go this way; `videoCodec`: that of its pictures, where they go another way. */
  constructor(
    attachment: Attachment,
    taker: Taker,
    { media, videoCodec }: { media: boolean; videoCodec: VideoCodec | undefined },
  ) {
    this.#attachment = attachment;
    this.#taker = taker;
    this.#media = media;
    this.#shown = videoCodec;
  }

  /** Of the pictures that the peer gets. */
  get codec(): VideoCodec {
    return this.#video.codec;
  }

  /** Takes these from now on. `videoCodecs`: what the peer can decode, the best first; said once. */
  take(
    { video, voice, motion }: { video?: boolean; voice?: boolean; motion?: boolean },
    videoCodecs: readonly VideoCodec[] = [],
  ): void {
    this.#shown ??= videoCodecs[0];
    const outputs: Output[] = motion ? [MOTION] : [];
    if (voice && this.#media) outputs.push(OPUS_VOICE);
    if (video && this.#media) outputs.push(this.#video);
    if (this.#taking) {
      this.#taking.change(outputs);
      // It may have lost what it had.
      this.#taking.requestKeyFrame();
    } else if (outputs.length > 0) this.#taking = this.#attachment.take(outputs, this.#taker);
  }

  requestKeyFrame(): void {
    this.#taking?.requestKeyFrame();
  }

  /** Idempotent. */
  close(): void {
    this.#taking?.close();
  }

  get #video(): VideoOutput {
    return usualVideo(this.#attachment.session.settings, this.#shown);
  }
}
