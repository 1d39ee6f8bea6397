/**
 * The port to what runs live sessions: an engine process of this machine, or another machine. Everything that goes
 * through it is plain data, and a time is either media time or "milliseconds ago": no clock is shared.
 */
import type { EventEmitter } from 'node:events';
import type { VultusError } from '../errors.ts';
import type { ProviderName } from '../model/provider-table.ts';
import type { FromSession, SessionOpening, ToSession } from './messages.ts';

export interface NodeInfo {
  provider: ProviderName;
  pack: { name: string; version: string };
}

/** How busy a node is; it says so about once a second. */
export interface NodeLoad {
  /** Share of its time that it works, 0..1. */
  busy: number;
  /** Seconds until its sessions make full pictures again; 0 where they do. */
  recoveryS: number;
  residentBytes: number;
  /** Processor time since its start. */
  processorMs: number;
}

export interface EngineNodeEvents {
  /** `agoMs`: how long ago the node said it. */
  session: [session: string, message: FromSession, agoMs: number];
  load: [NodeLoad];
  /** At most once, when it ends though nobody closed it; its sessions are gone with it. */
  failed: [VultusError];
}

export interface EngineNode {
  readonly info: NodeInfo;
  /** As said last. */
  readonly load: NodeLoad;
  readonly events: EventEmitter<EngineNodeEvents>;

  /** Begins a session: it answers with `opened`, or with an error that is fatal. */
  open(session: string, opening: SessionOpening): void;

  /** To a session that is not there, or from a node that has ended, nothing comes back. */
  send(session: string, command: ToSession): void;

  /** Ends all sessions and the node itself, without a word of theirs; resolves once it is gone. Idempotent. */
  close(): Promise<void>;
}
