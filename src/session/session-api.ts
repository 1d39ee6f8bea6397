/**
 * What transports and routes see of a session. `session.ts` implements it on top of the engine.
 * Voice goes in as 48 kHz mono PCM (the analysis derives its 16 kHz from it; what is heard keeps the full band);
 * encoded video, Opus voice, motion frames and events come out, each at the moment when it should leave the
 * server.
 */
import type { EventEmitter } from 'node:events';
import type { Backdrop } from '../contract/backdrop.ts';
import type { AvatarState, ControlsPatch } from '../contract/controls.ts';
import type { Outputs } from '../contract/outputs.ts';
import type { EngineEvents } from '../contract/session-events.ts';
import type { SessionSettings } from '../contract/session-settings.ts';
import type { SessionStats } from '../contract/stats.ts';
import type { VultusError } from '../errors.ts';

export interface SessionEvents extends EngineEvents {
  /** The user began or stopped talking, on a microphone that the avatar listens to. */
  'user.started': [];
  'user.ended': [{ talkedMs: number }];
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
