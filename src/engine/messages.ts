/** The messages between the engine (main thread) and its workers. */
import type { Rig } from '../avatar/rig.ts';
import type { ErrorCode } from '../errors.ts';
import type { Controls } from '../model/controls.ts';
import type { ProviderChoice, ProviderName } from '../model/providers.ts';
import type { Outputs } from '../session/output-takers.ts';
import type { SessionEvents, SessionSettings } from '../session/session-api.ts';

/** What a worker is started with. */
export interface WorkerSettings {
  packDirectory: string;
  provider: ProviderChoice;
  /** CPU threads for one operator of a graph. */
  threads: number;
}

export type ToWorker =
  | { type: 'open'; session: string; rig: Rig; settings: SessionSettings; controls: Controls }
  /** `atMs`: when it came in, see `threadClockMs`. */
  | { type: 'voice'; session: string; samples: Float32Array; live: boolean; atMs: number }
  /** The user was heard talking. */
  | { type: 'user'; session: string }
  | { type: 'speech.end'; session: string }
  | { type: 'interrupt'; session: string; epoch: number }
  | { type: 'pause'; session: string }
  | { type: 'resume'; session: string }
  | { type: 'controls'; session: string; controls: Controls }
  | { type: 'outputs'; session: string; outputs: Outputs }
  | { type: 'keyframe'; session: string }
  | { type: 'bitrate'; session: string; bitrateKbps: number }
  | { type: 'close'; session: string }
  | { type: 'stop' };

/** Events of a session that come from its worker; the rest are the session's own. */
export type WorkerEventName = Exclude<
  keyof SessionEvents,
  'user.started' | 'user.ended' | 'error' | 'closed'
>;
export type WorkerEvent = {
  [Name in WorkerEventName]: { name: Name; value: SessionEvents[Name][0] };
}[WorkerEventName];

export type FromWorker =
  | { type: 'started'; provider: ProviderName; pack: { name: string; version: string } }
  | { type: 'failed'; code: ErrorCode; detail: string | undefined }
  | { type: 'opened'; session: string; delayMs: number }
  /** Once a second: share of its time that the worker works, and whether sessions make fewer pictures. */
  | { type: 'load'; busy: number; reduced: boolean }
  /** So much of the voice that was sent is in the session's own, bounded queue (or refused by it). */
  | { type: 'voice.taken'; session: string; samples: number }
  /** `atMs`: when it was posted, see `threadClockMs`. */
  | { type: 'event'; session: string; event: WorkerEvent; atMs: number }
  | { type: 'error'; session: string; code: ErrorCode; detail: string | undefined; fatal: boolean };

/** A clock that all threads of the process share, milliseconds: `performance.now()` counts from a thread's own start. */
export function threadClockMs(): number {
  return performance.timeOrigin + performance.now();
}
