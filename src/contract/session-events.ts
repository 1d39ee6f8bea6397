/** What the engine tells of a session while it runs. */
import type { AvatarState } from './controls.ts';
import type { Packet } from './outputs.ts';
import type { SpeechEnd, Word } from './speech.ts';
import type { SessionStats } from './stats.ts';

export interface Warning {
  code: string;
  message: string;
}

/** The last word that was heard of an utterance. */
export type LastWord = Pick<WordEvent, 'index' | 'text'>;

/** The first sample of the word leaves, at this media time; `index` counts the words of the utterance as they were given. */
export interface WordEvent extends Word {
  utterance: number;
  index: number;
  mediaTimeMs: number;
}

/** The values that come with each event. */
export interface EngineEvents {
  packet: [Packet];
  state: [AvatarState];
  'speech.started': [{ utterance: number; mediaTimeMs: number }];
  'speech.word': [WordEvent];
  /** Exactly once for each, in order, whatever became of it; with the last word that was told of it. */
  'speech.ended': [{ utterance: number; playedMs: number; reason: SpeechEnd; lastWord?: LastWord }];
  /** The voice does not come in time: silence since the media time; and goes on. */
  'speech.stalled': [{ utterance: number; mediaTimeMs: number }];
  'speech.continued': [{ utterance: number; mediaTimeMs: number }];
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
