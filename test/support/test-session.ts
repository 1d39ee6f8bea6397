import { EventEmitter } from 'node:events';
import { OpusEncoder } from '../../src/audio/opus.ts';
import type { Backdrop } from '../../src/contract/backdrop.ts';
import type { ControlsPatch } from '../../src/contract/controls.ts';
import { squareFormat, type VideoCodec } from '../../src/contract/formats.ts';
import type { Output, Stream } from '../../src/contract/outputs.ts';
import type { PerformedFrame } from '../../src/contract/performed-motion.ts';
import type { SessionSettings } from '../../src/contract/session-settings.ts';
import type { SessionStats } from '../../src/contract/stats.ts';
import type { UserFace } from '../../src/contract/user-face.ts';
import { VultusError } from '../../src/errors.ts';
import type { I420 } from '../../src/image/i420.ts';
import { createVideoEncoder } from '../../src/media/create-video-encoder.ts';
import type { VideoEncoder } from '../../src/media/video-encoder.ts';
import { OutputSet } from '../../src/session/output-set.ts';
import type { SessionApi, SessionEvents, Speaker, Taker, Taking } from '../../src/session/session-api.ts';
import { movingPicture } from './test-picture.ts';

const FRAME_MS = 40;
const VOICE_MS = 20;
/** Flash and beep start together at every whole second of media time. */
export const FLASH_EVERY_MS = 1000;
const FLASH_MS = 120;

/** Pictures and voice of a test session; both at the media time in milliseconds. */
export interface TestSource {
  picture(mediaTimeMs: number): I420;
  /** `length` samples at 48 kHz. */
  voice(mediaTimeMs: number, length: number): Float32Array;
}

/**
 * A session whose engine is a test picture with a flash and a beep every second; the encoders are real, and
 * everything leaves in real time.
 */
export class TestSession extends EventEmitter<SessionEvents> implements SessionApi {
  readonly id = 'test';
  readonly createdAt = new Date();
  readonly delayMs = 0;
  readonly state = 'idle';
  readonly settings: SessionSettings;
  closed = false;
  readonly live = true;
  /** What came in. */
  voice: Float32Array[] = [];
  userVoice: Float32Array[] = [];
  controls: ControlsPatch[] = [];
  motion: PerformedFrame[] = [];
  seen: UserFace[] = [];
  backgrounds: Backdrop[] = [];
  keyFrameRequests = 0;
  interruptions = 0;
  /** What is made: one encoder serves every video. */
  #streams: readonly Stream[] = [];
  readonly #outputs = new OutputSet({
    setStreams: (streams) => {
      this.#streams = streams;
      for (const { output } of streams)
        if (output.kind === 'video') this.#encoder.setBitrate(output.bitrateKbps);
    },
    requestKeyFrame: () => {
      this.keyFrameRequests++;
      this.#keyFrame = true;
    },
    setBitrate: (_, bitrateKbps) => this.#encoder.setBitrate(bitrateKbps),
  });
  pictures: { mediaTimeMs: number; key: boolean; bytes: number }[] = [];
  readonly #encoder: VideoEncoder;
  readonly #opus = new OpusEncoder();
  readonly #source: TestSource;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  #videoMs = 0;
  #voiceMs = 0;
  #keyFrame = true;

  constructor(
    codec: VideoCodec = 'h264',
    size = 256,
    bitrateKbps = 1000,
    source: TestSource = flashAndBeep(size),
  ) {
    super();
    this.#source = source;
    this.settings = {
      avatarId: 'test',
      ...squareFormat(size),
      fps: 25,
      codec,
      bitrateKbps,
      seed: 1,
      latency: 'balanced',
      background: { kind: 'keep' },
      draw: 'server',
    };
    this.#encoder = createVideoEncoder({ codec, width: size, height: size, fps: 25, bitrateKbps });
    this.#timer = setInterval(() => this.#tick(), 5);
  }

  get stats(): SessionStats {
    const none = { p50: 0, p95: 0 };
    return {
      fps: 25,
      framesSent: this.pictures.length,
      framesLate: 0,
      bitrateKbps: 0,
      delayMs: none,
      delayStages: {},
      stages: {},
      encoders: 1,
      queuedMs: 0,
      provider: 'test',
    };
  }

  /** All the voice that came in, 48 kHz. */
  heard(): Float32Array {
    return Float32Array.from(this.voice.flatMap((piece) => [...piece]));
  }

  hearUser(samples: Float32Array): void {
    this.userVoice.push(samples);
  }
  openSpeaker(): Speaker {
    return {
      patient: false,
      turn: 0,
      accepts: () => true,
      push: (samples) => {
        if (this.closed) throw new VultusError('session_closed');
        this.voice.push(samples);
        return true;
      },
      hasRoom: () => true,
      refuse: () => {},
      addWords: () => true,
      end: () => {},
      interrupt: () => {
        this.interruptions++;
      },
      close: () => {},
    };
  }

  pause(): void {}

  resume(): void {}

  setControls(patch: ControlsPatch): void {
    this.controls.push(patch);
  }

  setMotion(frame: PerformedFrame): boolean {
    this.motion.push(frame);
    return true;
  }

  seeUser(face: UserFace): void {
    this.seen.push(face);
  }

  setBackground(background: Backdrop): void {
    this.backgrounds.push(background);
  }

  take(outputs: readonly Output[], taker: Taker): Taking {
    return this.#outputs.take(outputs, taker);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.#timer);
    this.#outputs.close();
    this.#encoder.close();
    this.#opus.close();
    this.emit('closed');
  }

  #tick(): void {
    const nowMs = performance.now() - this.#startedAtMs;
    for (; this.#videoMs <= nowMs; this.#videoMs += FRAME_MS) this.#sendPicture(this.#videoMs);
    for (; this.#voiceMs <= nowMs; this.#voiceMs += VOICE_MS) this.#sendVoice(this.#voiceMs);
  }

  #sendPicture(mediaTimeMs: number): void {
    for (const { key: stream, output } of this.#streams) {
      if (output.kind !== 'picture') continue;
      const { width, height, data } = this.#source.picture(mediaTimeMs);
      this.#outputs.deliver({ kind: 'picture', stream, width, height, data, mediaTimeMs, epoch: 0 });
    }
    const videos = this.#streams.filter(({ output }) => output.kind === 'video');
    if (videos.length === 0) return;
    const { data, key } = this.#encoder.encode(this.#source.picture(mediaTimeMs), {
      keyFrame: this.#keyFrame,
    });
    this.#keyFrame = false;
    this.pictures.push({ mediaTimeMs, key, bytes: data.length });
    for (const { key: stream } of videos)
      this.#outputs.deliver({ kind: 'video', stream, data, key, mediaTimeMs, epoch: 0 });
  }

  #sendVoice(mediaTimeMs: number): void {
    for (const { key: stream, output } of this.#streams) {
      if (output.kind !== 'voice') continue;
      const samples = this.#source.voice(mediaTimeMs, this.#opus.samplesPerPacket);
      const timed = { stream, mediaTimeMs, epoch: 0 };
      if (output.encoding === 'pcm') this.#outputs.deliver({ kind: 'pcm', samples, ...timed });
      else this.#outputs.deliver({ kind: 'voice', data: this.#opus.encode(samples), ...timed });
    }
  }
}

function flashAndBeep(size: number): TestSource {
  const marked = (mediaTimeMs: number) => mediaTimeMs % FLASH_EVERY_MS < FLASH_MS;
  return {
    picture(mediaTimeMs) {
      const picture = movingPicture(size, size, mediaTimeMs / FRAME_MS);
      if (marked(mediaTimeMs)) picture.data.fill(235, 0, size * size);
      return picture;
    },
    voice(mediaTimeMs, length) {
      const beep = marked(mediaTimeMs) ? 0.5 : 0;
      return Float32Array.from(
        { length },
        (_, i) => beep * Math.sin((2 * Math.PI * 1000 * (mediaTimeMs * 48 + i)) / 48000),
      );
    },
  };
}
