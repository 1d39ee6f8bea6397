import { setTimeout as sleep } from 'node:timers/promises';
import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  type LocalParticipant,
  LocalVideoTrack,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoCodec,
  VideoFrame,
  VideoSource,
} from '@livekit/rtc-node';
import type { RoomRequest } from '../room-messages.ts';
import { CaptureClock } from './capture-clock.ts';
import { FRAME_MS, VoicePacer } from './voice-pacer.ts';

const AUDIO_TRACK = 'avatar_audio';
const VIDEO_TRACK = 'avatar_video';
/** Subscribers keep tracks of one stream in step (RFC 8834 §4.1, RFC 8830): without it each plays when it comes. */
const STREAM = 'avatar';
const RATE_HZ = 48_000;
/**
 * The source takes 10 ms from its queue every 10 ms, on a thread of its own, and silence where there is nothing. Without a
 * queue, packets come as late as this thread is: subscribers then hold as much as the longest stall of the last minute
 * back (NetEq's target delay), most of a second after each join.
 */
const [QUEUE_MS, FRAME_SAMPLES] = [100, RATE_HZ / 100];
const AUDIO_BITRATE = 64_000;

export interface TimedPicture {
  width: number;
  height: number;
  /** I420. */
  data: Uint8Array;
  mediaTimeMs: number;
}
export interface TimedVoice {
  /** Mono, 48 kHz, −1..1. */
  samples: Float32Array;
  mediaTimeMs: number;
}

/** The two tracks of an avatar. */
export class Media {
  readonly #audio: AudioSource;
  readonly #video: VideoSource;
  readonly #clock = new CaptureClock();
  readonly #pacer = new VoicePacer();
  #muted = false;
  /** What comes next begins with the end of a fade, of which the beginning was never heard. */
  #cutShort = false;
  #playing = false;
  #closed = false;

  private constructor(audio: AudioSource, video: VideoSource) {
    this.#audio = audio;
    this.#video = video;
  }

  /** Both at once: an agent waits for them before it says anything. */
  static async publish(
    participant: LocalParticipant,
    { width, height, fps, bitrateKbps }: RoomRequest['video'],
  ): Promise<Media> {
    const audio = new AudioSource(RATE_HZ, 1, QUEUE_MS);
    const video = new VideoSource(width, height);
    await Promise.all([
      participant.publishTrack(
        LocalAudioTrack.createAudioTrack(AUDIO_TRACK, audio),
        new TrackPublishOptions({
          source: TrackSource.SOURCE_MICROPHONE,
          stream: STREAM,
          audioEncoding: { maxBitrate: BigInt(AUDIO_BITRATE) },
          // Silence is part of what is in step with the picture.
          dtx: false,
          red: false,
        }),
      ),
      participant.publishTrack(
        LocalVideoTrack.createVideoTrack(VIDEO_TRACK, video),
        new TrackPublishOptions({
          source: TrackSource.SOURCE_CAMERA,
          stream: STREAM,
          videoCodec: VideoCodec.H264,
          videoEncoding: { maxBitrate: BigInt(bitrateKbps * 1000), maxFramerate: fps },
          simulcast: false,
        }),
      ),
    ]);
    return new Media(audio, video);
  }

  show(picture: TimedPicture): void {
    const holdMs = this.#clock.holdMs(picture.mediaTimeMs);
    if (holdMs < 1) this.#send(picture);
    else setTimeout(() => this.#send(picture), holdMs);
  }

  #send({ width, height, data, mediaTimeMs }: TimedPicture): void {
    if (this.#closed) return;
    // The client reads from the beginning of the buffer, wherever the view of it begins.
    const whole = data.byteLength === data.buffer.byteLength ? data : Uint8Array.from(data);
    const frame = new VideoFrame(whole, width, height, VideoBufferType.I420);
    this.#video.captureFrame(frame, this.#clock.captureUs(mediaTimeMs));
  }

  play({ samples, mediaTimeMs }: TimedVoice): void {
    if (this.#closed || this.#muted) return;
    const data = toInt16(samples);
    const from = this.#cutShort ? FRAME_SAMPLES : 0;
    this.#cutShort = false;
    for (let at = from; at + FRAME_SAMPLES <= data.length; at += FRAME_SAMPLES) {
      const frameTimeMs = mediaTimeMs + (1000 * at) / RATE_HZ;
      // Of its own: the client reads from the beginning of the buffer.
      this.#pacer.push({ data: data.slice(at, at + FRAME_SAMPLES), mediaTimeMs: frameTimeMs });
    }
    void this.#work();
  }

  /** Silent at once, until the session is known to be: what it has sent before is still on its way to here. */
  mute(): void {
    this.#muted = true;
    this.#cutShort = true;
    this.#pacer.clear();
    this.#audio.clearQueue();
  }

  unmute(): void {
    this.#muted = false;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#audio.close(), this.#video.close()]);
  }

  /** One after the other: the client may swap two that it is given at once. */
  async #work(): Promise<void> {
    if (this.#playing) return;
    this.#playing = true;
    try {
      for (;;) {
        const waitMs = this.#pacer.waitMs;
        if (waitMs === undefined || this.#closed) return;
        if (waitMs > 0) await sleep(waitMs);
        const frame = this.#pacer.take();
        if (!frame) return;
        this.#clock.heard(frame.mediaTimeMs, this.#pacer.aheadMs - FRAME_MS);
        await this.#audio.captureFrame(new AudioFrame(frame.data, RATE_HZ, 1, FRAME_SAMPLES));
      }
    } catch {
      // The track is gone.
    } finally {
      this.#playing = false;
    }
  }
}

function toInt16(samples: Float32Array): Int16Array {
  const data = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++)
    data[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  return data;
}
