import type { EngineEvent } from '../../contract/session-events.ts';
import type { VultusError } from '../../errors.ts';

/** What the engine tells the owner of a session. */
export interface EngineListener {
  event(event: EngineEvent): void;
  /** `fatal`: the engine has already ended the session. */
  error(error: VultusError, fatal: boolean): void;
}
