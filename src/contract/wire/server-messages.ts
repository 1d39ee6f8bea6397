/** What the server says; see ../wire.ts for the rules. Fields marked (2) came with that version. */
import type { AvatarState } from '../controls.ts';
import type { PictureFormat } from '../formats.ts';
import type { LastWord } from '../session-events.ts';
import type { SpeechEnd, Word } from '../speech.ts';
import type { SessionStats } from '../stats.ts';
import type { WireVersion } from './protocol.ts';

/** `mediaTimeMs` and `epoch`: see ../outputs.ts. */
interface Media {
  mediaTimeMs: number;
  epoch: number;
  data: Uint8Array;
}

/** The number of an utterance, and what its sender calls it (2). */
interface OfUtterance {
  utterance: number;
  id?: string;
}

/** `seed`: of the life that no motion frame holds. */
export interface Drawing extends PictureFormat {
  seed: number;
  /** `keep`, `blur`, `matte`, `#rrggbb`, or `picture`, which only the server has. */
  background: string;
}

export type ServerMessage =
  | {
      type: 'ready';
      version: WireVersion;
      sessionId: string;
      /** Opens the next connection to this session; the token that opened this one ends when it is used. */
      token?: string;
      /** `codec`: a WebCodecs codec string, for instance `avc1.42001f` or `vp8`. */
      video: { codec: string; width: number; height: number; fps: number };
      /** As it is sent here: Opus, or what `hello` has asked for. */
      voice: { codec: 'opus' | 's16le'; sampleRateHz: number; channels: 1 };
      /** By how much voice and picture together follow the voice that came in (see `USUAL_DELAY_MS`). */
      delayMs: number;
      /** How pictures are drawn, where `hello` asked for what they are drawn of. */
      drawing?: Drawing;
    }
  | ({ type: 'video'; key: boolean } & Media)
  /** 20 ms of Opus, or as many samples as those give at the rate that was asked for. */
  | ({ type: 'voice' } & Media)
  /** In the encoding of `hello`; as large as the session's pictures, or smaller where the machine is busy. */
  | ({ type: 'picture'; width: number; height: number } & Media)
  /** `data`: 58 little-endian float32, see motion-frame.ts. */
  | ({ type: 'motion' } & Media)
  /** What a picture is drawn of: see ../drawn-frame.ts, and compact.ts for how it comes. */
  | ({ type: 'drawn' } & Media)
  /** Something else is behind the avatar from the next picture on, for those who draw: as in `Drawing`. */
  | { type: 'background'; background: string }
  /** 20 ms of the user: s16le at 16 kHz or an Opus packet; `mediaTimeMs`: of what left the server as it came in. */
  | { type: 'user.audio'; mediaTimeMs: number; data: Uint8Array }
  /**
   * A WebVTT cue block with its blank line, on the media clock, when it is complete: after the header `WEBVTT` and a blank
   * line, all of them are a file.
   */
  | { type: 'caption'; mediaTimeMs: number; data: string }
  | { type: 'state'; state: AvatarState }
  /** Its first sample leaves. */
  | ({ type: 'speech.started'; mediaTimeMs: number } & OfUtterance)
  /**
   * The first sample of a word leaves, at this media time; `index` counts the words of the utterance as they were
   * given (2).
   */
  | ({ type: 'speech.word'; index: number; mediaTimeMs: number } & Word & OfUtterance)
  | ({
      type: 'speech.ended';
      /** Voice of this utterance that really left the server, milliseconds. */
      playedMs: number;
      interrupted: boolean;
      /** (2) */
      reason?: SpeechEnd;
      /** The last of its words that was heard, where there were words (2). */
      lastWord?: LastWord;
    } & OfUtterance)
  /** From this media time on there is silence, because the voice does not come in time (2). */
  | ({ type: 'speech.stalled'; mediaTimeMs: number } & OfUtterance)
  /** The voice has come, and goes on (2). */
  | ({ type: 'speech.continued'; mediaTimeMs: number } & OfUtterance)
  /** From this media time on the voice is held back, or goes on. */
  | { type: 'speech.paused'; mediaTimeMs: number }
  | { type: 'speech.resumed'; mediaTimeMs: number }
  /** The user began or stopped talking, on a microphone that the avatar listens to. */
  | { type: 'user.started' }
  | { type: 'user.ended'; talkedMs: number }
  | { type: 'stats'; stats: SessionStats }
  | { type: 'warning'; code: string; message: string }
  | {
      type: 'error';
      code: string;
      message: string;
      /** Seconds after which it is worth trying again, where waiting helps. */
      retryAfterS?: number;
    }
  | { type: 'pong'; id: number };
