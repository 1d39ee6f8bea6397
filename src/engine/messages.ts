/** What a session and its engine tell each other: plain data, without a clock that both would have to share. */

import type { Backdrop } from '../contract/backdrop.ts';
import type { Controls } from '../contract/controls.ts';
import type { ErrorCode } from '../contract/error-codes.ts';
import type { Stream } from '../contract/outputs.ts';
import type { PerformedFrame } from '../contract/performed-motion.ts';
import type { EngineEvent } from '../contract/session-events.ts';
import type { SessionSettings } from '../contract/session-settings.ts';
import type { SpeechEnd } from '../contract/speech.ts';
import type { UserFace } from '../contract/user-face.ts';
import type { Rig } from '../render/renderer.ts';

/** What a session begins with. */
export interface SessionOpening {
  rig: Rig;
  settings: SessionSettings;
  controls: Controls;
  /** Present where it has run elsewhere before. */
  resume?: ResumePoint;
}

/** Where a session goes on that has lost its engine. */
export interface ResumePoint {
  /** What its clock showed `agoMs` milliseconds ago. */
  clockMs: number;
  agoMs: number;
  epoch: number;
  paused: boolean;
  /** The utterance whose start has been told, but not its end; samples that have been played of it (48 kHz). */
  underWay: { utterance: number; playedSamples: number; stalled: boolean } | undefined;
  /** The motion frame that was shown last, `Float32Array [58]`. */
  frame: Float32Array;
}

/** How far a session has come: enough for another engine to go on. */
export interface SessionProgress extends Omit<ResumePoint, 'agoMs' | 'paused' | 'underWay'> {
  /** The utterance that is told of next, what of it has been played, and the media time at which that ended. */
  current: { utterance: number; playedSamples: number; untilMs: number } | undefined;
  /** Samples that were sent to it so far, and those that have not been played yet. */
  receivedSamples: number;
  unplayedSamples: number;
}

/** What a microphone has heard until now. */
export interface HeardUser {
  talking: boolean;
  /** What a listener answers to: see `SpeechCues`. */
  cues: Float32Array;
}

/** By a microphone, a camera or both. */
export interface NoticedUser {
  heard?: HeardUser;
  seen?: UserFace;
}

export type ToSession =
  /** Utterances are numbered in their order; voice may come for several of them at a time. */
  | { type: 'speech.begin'; utterance: number }
  | { type: 'voice'; utterance: number; samples: Float32Array; live: boolean }
  | { type: 'speech.end'; utterance: number; end: SpeechEnd }
  /** What has not left yet of these is dropped. */
  | { type: 'interrupt'; epoch: number; utterances: readonly number[] }
  /** What was heard of the user, or seen. */
  | { type: 'user'; noticed: NoticedUser }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'controls'; controls: Controls }
  /** What a performer's face does. */
  | { type: 'motion'; frame: PerformedFrame }
  | { type: 'background'; background: Backdrop }
  /** What is made from now on, and nothing else. */
  | { type: 'streams'; streams: readonly Stream[] }
  | { type: 'keyframe'; stream: string }
  | { type: 'bitrate'; stream: string; bitrateKbps: number }
  | { type: 'close' };

export type FromSession =
  | { type: 'opened'; delayMs: number }
  | { type: 'progress'; progress: SessionProgress }
  | { type: 'event'; event: EngineEvent }
  /** `fatal`: the session has ended. */
  | { type: 'error'; code: ErrorCode; detail: string | undefined; fatal: boolean };
