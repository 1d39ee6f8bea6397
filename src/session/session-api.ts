/**
 * What transports and routes see of a session. `session.ts` implements it on top of the engine.
 * Voice goes in as 48 kHz mono PCM (the analysis derives its 16 kHz from it; what is heard keeps the full band);
 * encoded video, Opus voice, motion frames and events come out, each at the moment when it should leave the
 * server.
 */
import type { EventEmitter } from 'node:events';
import type { LatencyMode } from '../engine/latency-mode.ts';
import type { PictureDelays } from '../engine/picture-delays.ts';
import type { VultusError } from '../errors.ts';
import type { VideoCodec } from '../media/video-encoder.ts';
import type { AvatarState } from '../model/controls.ts';
import type { Backdrop } from '../render/backdrop.ts';
import type { ControlsPatch, SessionStats } from '../transport/wire.ts';
import type { Outputs } from './output-takers.ts';

export interface SessionSettings {
  avatarId: string;
  /** Side of the square picture in pixels, 256..1024, a multiple of 16. */
  size: number;
  fps: 25 | 30 | 40 | 50 | 60;
  codec: VideoCodec;
  bitrateKbps: number;
  /** Same seed, same voice, same controls: same motion. */
  seed: number;
  /** How soon it answers: see latency-mode.ts. */
  latency: LatencyMode;
  /** What stands behind the avatar; with `matte`, pictures are twice as high as wide. */
  background: Backdrop;
}

/** `mediaTimeMs` counts from the start of the session, without gaps; `epoch` rises with each interruption. */
export interface Timed {
  mediaTimeMs: number;
  epoch: number;
}
export interface VideoPacket extends Timed {
  data: Uint8Array;
  key: boolean;
  /** Where its delay comes from, as far as that is known. */
  delays?: PictureDelays;
}
/** One Opus packet: 20 ms, 48 kHz, mono. */
export interface VoicePacket extends Timed {
  data: Uint8Array;
}
export interface MotionPacket extends Timed {
  /** `Float32Array[58]`, see motion-frame.ts. */
  frame: Float32Array;
}

export interface SessionEvents {
  video: [VideoPacket];
  voice: [VoicePacket];
  motion: [MotionPacket];
  state: [AvatarState];
  'speech.started': [{ utterance: number; mediaTimeMs: number }];
  'speech.ended': [{ utterance: number; playedMs: number; interrupted: boolean }];
  /** From this media time on the voice is held back, or goes on. */
  'speech.paused': [{ mediaTimeMs: number }];
  'speech.resumed': [{ mediaTimeMs: number }];
  /** The user began or stopped talking, on a microphone that the avatar listens to. */
  'user.started': [];
  'user.ended': [{ talkedMs: number }];
  stats: [SessionStats];
  warning: [{ code: string; message: string }];
  error: [VultusError];
  /** With the error that ended it; without one when somebody closed it. */
  closed: [reason?: VultusError];
}

export interface SessionApi extends EventEmitter<SessionEvents> {
  readonly id: string;
  readonly settings: Readonly<SessionSettings>;
  readonly createdAt: Date;
  readonly closed: boolean;
  /** By how much voice and picture together follow the voice that came in, milliseconds. */
  readonly delayMs: number;
  readonly stats: SessionStats;
  readonly state: AvatarState;
  /**
   * `samples`: mono float32 −1..1 at 48 kHz, any number; `live`: from a microphone, so that pauses may be
   * shortened where it has fallen behind. Throws `audio_buffer_full`, `session_closed`.
   */
  pushVoice(samples: Float32Array, options?: { live?: boolean }): void;
  /**
   * What the microphone of the user hears, 48 kHz mono: it is not spoken, but the avatar listens while the user
   * talks (state `auto`), `user.started` and `user.ended` tell when, and with the control `bargeIn` the avatar
   * falls silent at once. Throws `session_closed`.
   */
  hearUser(samples: Float32Array): void;
  /** The utterance is complete. Without it an utterance ends after a second without new voice. */
  endSpeech(): void;
  interrupt(): void;
  /**
   * Falls silent at once and keeps what is queued, and what still comes, for `resume`, which goes on from the
   * sample. A microphone is not spoken meanwhile; `interrupt` ends the pause. Both are idempotent.
   */
  pause(): void;
  resume(): void;
  setControls(patch: ControlsPatch): void;
  /** From the next picture on. Throws `background_fixed` where it has a matte and the one before has none, or the other way. */
  setBackground(background: Backdrop): void;
  requestKeyFrame(): void;
  setBitrate(bitrateKbps: number): void;
  /**
   * Says which kinds of output `taker` (a connection; by default the session's owner) takes from now on. What
   * nobody takes is not encoded; one that goes leaves the outputs of the others alone. Throws `session_closed`.
   */
  setOutputs(outputs: Partial<Outputs>, taker?: object): void;
  /** Idempotent; emits `closed` once, with the reason that the connections tell their peers. */
  close(reason?: VultusError): void;
}
