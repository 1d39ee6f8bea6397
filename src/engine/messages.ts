/** The messages between the engine (main thread) and its workers. */

import type { Backdrop } from '../contract/backdrop.ts';
import type { Controls } from '../contract/controls.ts';
import type { ErrorCode } from '../contract/error-codes.ts';
import type { Outputs } from '../contract/outputs.ts';
import type { EngineEvent } from '../contract/session-events.ts';
import type { SessionSettings } from '../contract/session-settings.ts';
import type { ProviderChoice, ProviderName } from '../model/providers.ts';
import type { Rig } from '../render/warp/rig.ts';

/** What a worker is started with. */
export interface WorkerSettings {
  packDirectory: string;
  provider: ProviderChoice;
  /** CPU threads for one operator of a graph. */
  threads: number;
  /** Where TensorRT keeps its engines; without, it builds them anew. */
  cacheDir?: string;
}

/** Where a session goes on that has lost its worker. */
export interface ResumePoint {
  /** What its clock showed at `atMs` (see `threadClockMs`). */
  clockMs: number;
  atMs: number;
  epoch: number;
  paused: boolean;
  /** The next voice belongs to this utterance. */
  utterance: number;
  /** What of it has been played (48 kHz); undefined where its start has not been told. */
  playedSamples: number | undefined;
  /** The motion frame that was shown last, `Float32Array [58]`. */
  frame: Float32Array;
}

/** How far a session has come: enough for another worker to go on. */
export interface SessionProgress extends Omit<ResumePoint, 'paused'> {
  /** Samples that were sent to it so far, taken or refused, and those that have not been played yet. */
  receivedSamples: number;
  unplayedSamples: number;
}

export type ToSession =
  | { type: 'open'; rig: Rig; settings: SessionSettings; controls: Controls; resume: ResumePoint | undefined }
  /** `atMs`: when it came in, see `threadClockMs`. */
  | { type: 'voice'; samples: Float32Array; live: boolean; atMs: number }
  /** The user was heard talking. */
  | { type: 'user' }
  | { type: 'speech.end' }
  | { type: 'interrupt'; epoch: number }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'controls'; controls: Controls }
  | { type: 'background'; background: Backdrop }
  | { type: 'outputs'; outputs: Outputs }
  | { type: 'keyframe' }
  | { type: 'bitrate'; bitrateKbps: number }
  | { type: 'close' };

export type ToWorker = (ToSession & { session: string }) | { type: 'stop' };

export type FromSession =
  | { type: 'opened'; delayMs: number }
  | { type: 'progress'; progress: SessionProgress }
  /** `atMs`: when it was posted, see `threadClockMs`. */
  | { type: 'event'; event: EngineEvent; atMs: number }
  | { type: 'error'; code: ErrorCode; detail: string | undefined; fatal: boolean };

export type FromWorker =
  | { type: 'started'; provider: ProviderName; pack: { name: string; version: string } }
  | { type: 'failed'; code: ErrorCode; detail: string | undefined }
  /**
   * Once a second: share of its time that the worker works, and seconds until its sessions make full pictures again,
   * 0 where they do.
   */
  | { type: 'load'; busy: number; recoveryS: number }
  | (FromSession & { session: string });

/** A clock that all threads of the process share, milliseconds: `performance.now()` counts from a thread's own start. */
export function threadClockMs(): number {
  return performance.timeOrigin + performance.now();
}
