import type { Drawer } from '../contract/drawing.ts';
import { DrawnFrameWriter } from '../contract/drawn-frame.ts';
import type { PcmFormat, VideoCodec } from '../contract/formats.ts';
import {
  DRAWING,
  MOTION,
  OPUS_VOICE,
  type Output,
  PCM_VOICE,
  type PictureEncoding,
  type PictureOutput,
  USER_AUDIO,
  usualVideo,
  type VideoOutput,
} from '../contract/outputs.ts';
import type { ClientMessage, ServerMessage } from '../contract/wire.ts';
import { VultusError } from '../errors.ts';
import type { Taker, Taking } from '../session/session-api.ts';
import type { Attachment } from './attachment.ts';
import { CaptionFeed } from './caption-feed.ts';
import { PcmVoice } from './pcm-voice.ts';
import { packetMessages } from './server-messages.ts';

type Asked = Extract<ClientMessage, { type: 'hello' }>['outputs'];

/** What a peer takes over the channel that it speaks on. */
export class PeerOutputs {
  readonly #attachment: Attachment;
  readonly #taker: Taker;
  readonly #media: boolean;
  readonly #captions: CaptionFeed;
  #pcm: PcmVoice | undefined;
  #shown: VideoCodec | undefined;
  #taking: Taking | undefined;
  #asked: Asked = {};
  #drawer: Drawer = 'server';
  #frames = new DrawnFrameWriter();

  /** `media`: whether video and voice go this way; `videoCodec`: that of its pictures, where they go another way. */
  constructor(
    attachment: Attachment,
    post: (message: ServerMessage) => void,
    { media, videoCodec }: { media: boolean; videoCodec: VideoCodec | undefined },
  ) {
    this.#attachment = attachment;
    this.#taker = {
      ...packetMessages(post),
      pcm: ({ mediaTimeMs, epoch, samples }) =>
        this.#pcm && post({ type: 'voice', mediaTimeMs, epoch, data: this.#pcm.bytesOf(samples) }),
      drawing: ({ mediaTimeMs, epoch, frame }) =>
        post({ type: 'drawn', mediaTimeMs, epoch, data: this.#frames.write(frame) }),
    };
    this.#captions = new CaptionFeed(post);
    attachment.on(this.#captions.listeners);
    this.#media = media;
    this.#shown = videoCodec;
  }

  /** Of the voice that the peer gets, where that is not Opus. */
  get pcm(): PcmFormat | undefined {
    return this.#pcm?.format;
  }

  /** Of the video that the peer gets. */
  get codec(): VideoCodec {
    return this.#video.codec;
  }

  /** Whether the peer gets what pictures are drawn of. */
  get drawn(): boolean {
    return this.#asked.drawing ?? false;
  }

  /** Who draws its pictures. */
  get drawer(): Drawer {
    return this.#drawer;
  }

  /**
   * Takes these from now on. `videoCodecs`: what the peer can decode, the best first; said once.
   * @throws VultusError `drawing_not_allowed`
   */
  take(asked: Asked, videoCodecs: readonly VideoCodec[] = []): void {
    if (asked.drawing && this.#attachment.session.settings.draw !== 'client')
      throw new VultusError('drawing_not_allowed', 'the session was not opened with draw: client');
    this.#asked = asked;
    this.#frames = new DrawnFrameWriter();
    this.#drawer = asked.drawing ? 'client' : 'server';
    this.#captions.wanted = asked.captions !== undefined;
    this.#shown ??= videoCodecs[0];
    this.#takeAsked();
  }

  /** Its pictures are drawn by this one from now on. @throws VultusError `drawing_not_allowed` where it asked for no drawing */
  setDrawer(drawer: Drawer): void {
    if (!this.drawn) throw new VultusError('drawing_not_allowed', 'hello did not ask for drawing');
    if (drawer === this.#drawer) return;
    this.#drawer = drawer;
    this.#takeAsked();
  }

  #takeAsked(): void {
    const { voice, motion, drawing, picture, userAudio } = this.#asked;
    const video = drawing ? this.#drawer === 'server' : this.#asked.video;
    const outputs: Output[] = motion ? [MOTION] : [];
    if (drawing) outputs.push(DRAWING);
    if (this.#media) {
      this.#setPcm(typeof voice === 'object' ? voice : undefined);
      if (voice) outputs.push(this.#pcm ? PCM_VOICE : OPUS_VOICE);
      if (userAudio) outputs.push(USER_AUDIO[userAudio]);
      if (video) outputs.push(this.#video);
      if (picture) outputs.push(this.#picture(picture));
    }
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
    this.#setPcm(undefined);
  }

  #setPcm(format: PcmFormat | undefined): void {
    this.#pcm?.close();
    this.#pcm = format && new PcmVoice(format);
  }

  #picture(encoding: PictureEncoding): PictureOutput {
    const { width, height, fit } = this.#attachment.session.settings;
    return { kind: 'picture', encoding, width, height, fit, matte: false };
  }

  get #video(): VideoOutput {
    return usualVideo(this.#attachment.session.settings, this.#shown);
  }
}
