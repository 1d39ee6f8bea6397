import type { LiveConnection } from '../../../src/client/index.ts';

export type VoiceKind = 'sample' | 'microphone' | 'file';

/** Where the voice comes from. */
export interface VoiceSource {
  readonly kind: VoiceKind;
  /** True when `speak` gives a recording (again and again); a microphone just runs. */
  readonly recorded: boolean;
  /** What must be done in the user's gesture before a session starts: permission, a chosen file. Throws an Error to show. */
  prepare(): Promise<void>;
  /** The source is chosen on a live connection: a microphone begins, a recording waits for `speak`. */
  attach(live: LiveConnection): Promise<void>;
  /** Speaks the recording; resolves when all of it was handed over or it was stopped. */
  speak(live: LiveConnection, signal: AbortSignal): Promise<void>;
  /** The source is no longer chosen, or the session is over. */
  detach(live: LiveConnection | undefined): Promise<void>;
}
