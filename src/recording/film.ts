import { s16leToFloat } from '../audio/pcm.ts';
import type { VideoCodec } from '../contract/formats.ts';
import type { ServerMessage } from '../contract/wire.ts';
import type { I420 } from '../image/i420.ts';
import { Mp4Writer } from '../media/mp4-writer.ts';
import { PictureScaler } from '../media/picture-scaler.ts';
import { VideoDecoder } from '../media/video-decoder.ts';
import { type Cue, parseCueBlock } from '../media/webvtt.ts';

/** Of the voice that the film is given. */
export const VOICE_RATE_HZ = 48_000;

type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/**
 * What a session sends its viewers, as an MP4 film with a track of captions. It begins with the first picture; everything
 * stands in it where it stands on the session's media clock, so that what was lost on the way is a picture that stays
 * or a moment of silence, and nothing after it is out of step. Throws `encoder_failed`.
 */
export class Film {
  readonly #movie: Mp4Writer;
  readonly #decoder: VideoDecoder;
  readonly #scaler: PictureScaler;
  readonly #size: { width: number; height: number; fps: number };
  readonly #cues: Cue[] = [];
  #startMs: number | undefined;
  #lastPicture = -1;
  #samples = 0;

  /** `video`: of the message `ready`. */
  constructor(path: string, { codec, width, height, fps }: Message<'ready'>['video']) {
    this.#size = { width, height, fps };
    this.#decoder = new VideoDecoder(codecOf(codec));
    this.#scaler = new PictureScaler(width, height);
    this.#movie = Mp4Writer.create(path, {
      video: this.#size,
      audio: { sampleRateHz: VOICE_RATE_HZ },
      captions: true,
    });
  }

  /** On the clock of the film, in order. */
  get cues(): readonly Cue[] {
    return this.#cues;
  }

  get seconds(): number {
    return Math.max((this.#lastPicture + 1) / this.#size.fps, this.#samples / VOICE_RATE_HZ);
  }

  picture({ data, mediaTimeMs }: Message<'video'>): void {
    const picture = this.#decoder.decode(data);
    if (!picture) return;
    this.#startMs ??= mediaTimeMs;
    const index = Math.round(((mediaTimeMs - this.#startMs) * this.#size.fps) / 1000);
    if (index <= this.#lastPicture) return;
    this.#movie.writePicture(this.#fitting(picture), index);
    this.#lastPicture = index;
  }

  /** Its `data` is s16le at `VOICE_RATE_HZ`. */
  voice({ data, mediaTimeMs }: Message<'voice'>): void {
    if (this.#startMs === undefined) return;
    const at = Math.round(((mediaTimeMs - this.#startMs) * VOICE_RATE_HZ) / 1000);
    const samples = s16leToFloat(data);
    if (at > this.#samples) this.#write(new Float32Array(at - this.#samples));
    this.#write(samples.subarray(Math.min(samples.length, this.#samples - at)));
  }

  caption({ data }: Message<'caption'>): void {
    const cue = parseCueBlock(data);
    if (!cue || this.#startMs === undefined) return;
    const startMs = Math.max(0, cue.startMs - this.#startMs, this.#cues.at(-1)?.endMs ?? 0);
    const endMs = cue.endMs - this.#startMs;
    if (endMs <= startMs) return;
    const placed = { text: cue.text, startMs, endMs };
    this.#cues.push(placed);
    this.#movie.writeCaption(placed);
  }

  /** Completes the file. Idempotent. */
  close(): void {
    this.#movie.close();
    this.#decoder.close();
    this.#scaler.close();
  }

  /** A busy server, or a narrow network, makes pictures smaller. */
  #fitting(picture: I420): I420 {
    const { width, height } = this.#size;
    return picture.width === width && picture.height === height ? picture : this.#scaler.scale(picture);
  }

  #write(samples: Float32Array): void {
    this.#movie.writeVoice(samples);
    this.#samples += samples.length;
  }
}

/** @param name as WebCodecs has it (RFC 6381) */
function codecOf(name: string): VideoCodec {
  if (name.startsWith('avc')) return 'h264';
  if (name.startsWith('av01')) return 'av1';
  return name.startsWith('vp09') ? 'vp9' : 'vp8';
}
