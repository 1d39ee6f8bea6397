/** What the engine tells of a session while it runs. */
import type { AvatarState } from './controls.ts';
import type { Packet } from './outputs.ts';
import type { SessionStats } from './stats.ts';

export interface Warning {
  code: string;
  message: string;
}

/** The values that come with each event. */
export interface EngineEvents {
  packet: [Packet];
  state: [AvatarState];
  'speech.started': [{ utterance: number; mediaTimeMs: number }];
  'speech.ended': [{ utterance: number; playedMs: number; interrupted: boolean }];
  /** Nobody ended it, but no more of its voice has come: what comes now begins another one. */
  'speech.lapsed': [{ utterance: number }];
  /** From this media time on the voice is held back, or goes on. */
  'speech.paused': [{ mediaTimeMs: number }];
  'speech.resumed': [{ mediaTimeMs: number }];
  stats: [SessionStats];
  /** With `stream`, it concerns only those who take that. */
  warning: [Warning & { stream?: string }];
}

/** One of them with its name, as it is sent between processes. */
export type EngineEvent = {
  [Name in keyof EngineEvents]: { name: Name; value: EngineEvents[Name][0] };
}[keyof EngineEvents];
