import type { ControlsPatch } from '../contract/controls.ts';
import type { Drawer, DrawReason } from '../contract/drawing.ts';
import type { AudioFormat } from '../contract/formats.ts';
import type { Word } from '../contract/speech.ts';
import type { ServerMessage } from '../contract/wire/server-messages.ts';
import type { VultusClientError } from './client-error.ts';
import type { VoiceData } from './pcm.ts';
import type { PerformedMotion, SeenUserFace } from './performed-motion.ts';

/** What the server sends under this type. */
export type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** What the server announced when the connection became ready. */
export type ReadyInfo = Message<'ready'>;

/** A motion frame: `frame` is `Float32Array[58]`, see `src/contract/motion-frame.ts`. */
export interface MotionEvent {
  mediaTimeMs: number;
  epoch: number;
  frame: Float32Array;
}

export interface LiveEvents {
  state: Message<'state'>;
  /** `id` here and below: the name of the utterance, if it was given one. */
  'speech.started': Message<'speech.started'>;
  /**
   * Exactly once for each utterance, never before its last sample has left the server, with what was heard of it; also
   * for one that was dropped before its first sample (`playedMs` 0).
   */
  'speech.ended': Message<'speech.ended'>;
  /** A word begins to be heard, of those that were given by `words`, on whatever connection. */
  'speech.word': Message<'speech.word'>;
  /** The voice of an utterance does not come in time; and goes on. */
  'speech.stalled': Message<'speech.stalled'>;
  'speech.continued': Message<'speech.continued'>;
  /** From this media time on the voice is held back, or goes on. */
  'speech.paused': Message<'speech.paused'>;
  'speech.resumed': Message<'speech.resumed'>;
  /** The user began or stopped talking, where the avatar listens to the microphone (`voiceInput: 'listen'`). */
  'user.started': Message<'user.started'>;
  'user.ended': Message<'user.ended'>;
  /** 20 ms of what the user says, whoever's microphone it is: only on the WebSocket, where `outputs.userAudio` is given. */
  'user.audio': Message<'user.audio'>;
  stats: Message<'stats'>['stats'];
  warning: Message<'warning'>;
  /** An error that the server reported, or a message from it that cannot be read; the connection may go on. */
  error: VultusClientError;
  /** Pictures, voice and motion: only on the WebSocket route, and only what was asked for. */
  video: Message<'video'>;
  picture: Message<'picture'>;
  /** A WebVTT cue, where `captions` were asked for. */
  caption: Message<'caption'>;
  voice: Message<'voice'>;
  motion: MotionEvent;
  /** What a picture is drawn of, in a session with `draw: 'client'`: rounded as contract/drawn-frame.ts says. */
  drawn: MotionEvent;
  /** Something else is behind the avatar, for those who draw. */
  background: Message<'background'>;
  /** Who draws the pictures that a player shows from now on, and why. */
  drawing: { by: Drawer; reason: DrawReason };
  /**
   * The connection broke, and is being made again (before each attempt, with what the last one failed on). Voice that is
   * given meanwhile is lost, and utterances end with `underrun`; controls and background are told afterwards.
   */
  reconnecting: { attempt: number; error: VultusClientError };
  /** It is there again, on the same session. */
  reconnected: ReadyInfo;
  /** Once, at the end; without an error after `close()` or a normal end. */
  closed: { error: VultusClientError | undefined };
}

/** Which utterance is meant; without a name the one that is being spoken to. */
export interface UtteranceOptions {
  /** A name of your own, at most 64 characters, for one utterance of this connection: events carry it as `id`. */
  utterance?: string;
}

/** A live connection to a session: the same on both routes. */
export interface LiveConnection {
  readonly route: 'webrtc' | 'websocket';
  readonly sessionId: string;
  readonly ready: ReadyInfo;
  readonly audio: AudioFormat;
  /** Of what `hear` is given. */
  readonly microphoneAudio: AudioFormat;
  /** As the server told last. */
  readonly state: Message<'state'>['state'];
  readonly closed: boolean;
  /** Bytes that were handed over and have not left yet; a sender of much audio waits while this is large. */
  readonly bufferedBytes: number;
  /**
   * Gives voice to speak, mono, in the announced format: float32 −1..1, int16 or s16le bytes, bytes of G.711, or
   * exactly one Opus packet. Faster than real time is allowed, up to the server's buffer (`audio_buffer_full`).
   * A new name begins an utterance, and completes the one before; voice for one that is over is dropped. After somebody
   * else has interrupted, voice without a name is dropped until `endSpeech()` or `interrupt()`: give names where the
   * user may barge in.
   * @throws VultusClientError `invalid_audio`, `connection_closed`
   */
  speak(voice: VoiceData, options?: UtteranceOptions): void;
  /**
   * What is said in the utterance and when, counted from its first sample: before, with or after its voice, in any number
   * of calls. Told by `speech.word` when each is heard; `speech.ended` names the last.
   * @throws VultusClientError `connection_closed`
   */
  words(words: readonly Word[], options?: UtteranceOptions): void;
  /**
   * Gives what a microphone hears, as it comes (a telephone's, for instance; `setMicrophone` takes the browser's): mono,
   * in the format `microphoneAudio`. What it is for says `voiceInput`.
   * @throws VultusClientError `invalid_audio`, `connection_closed`
   */
  hear(voice: VoiceData): void;
  /** The utterance is complete; `speech.ended` follows once its last sample has left. */
  endSpeech(options?: UtteranceOptions): void;
  /** Drops what is queued, or that utterance alone; the avatar falls silent at once. */
  interrupt(options?: UtteranceOptions): void;
  /** The avatar falls silent at once and keeps what is queued and what still comes; `interrupt()` ends the pause. */
  pause(): void;
  /** Goes on from the sample at which it was paused. */
  resume(): void;
  /** Changes some controls; what is absent stays as it is. */
  setControls(controls: ControlsPatch): void;
  /**
   * What a performer's face does, 15 to 60 times a second: any of the ARKit coefficients (0..1) and the head (radians), as
   * they were seen at `timeMs` of any clock (now, without it). Nothing of both says that the face was lost. The control
   * `performer` says whose motion each part of the face shows. While the connection is lost, motion is dropped.
   * @throws VultusClientError `connection_closed`
   */
  setMotion(frame: PerformedMotion): void;
  /**
   * What a camera sees of the user whom the avatar listens to, 10 to 60 times a second: head (radians, 0 where they look at
   * the avatar) and smile (0..1) at `timeMs` of any clock (now, without it). The avatar answers nods and smiles and
   * meets a look that comes back. Nothing of both says that the face was lost.
   * @throws VultusClientError `connection_closed`
   */
  setUserFace(face: SeenUserFace): void;
  /**
   * Puts something else behind the avatar, as in the options of the session: `keep`, `blur`, `#rrggbb` or a picture as
   * a data URL (see `backgroundPicture`). `matte` and the others do not follow on each other: `background_fixed`.
   * @throws VultusClientError `background_too_large` for this route, `connection_closed`
   */
  setBackground(background: string): void;
  requestKeyFrame(): void;
  /** For players: says to the server, and by a `drawing` event, who draws from now on. */
  setDrawer(by: Drawer, reason: DrawReason): void;
  /** Round trip to the session in milliseconds. */
  ping(): Promise<number>;
  /** Takes the voice from a microphone (browser only), or from none with `null`. */
  setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void>;
  on<Name extends keyof LiveEvents>(name: Name, listener: (event: LiveEvents[Name]) => void): () => void;
  once<Name extends keyof LiveEvents>(name: Name, listener: (event: LiveEvents[Name]) => void): () => void;
  off<Name extends keyof LiveEvents>(name: Name, listener: (event: LiveEvents[Name]) => void): void;
  /** For players: tells what went wrong on this side as an `error` event. */
  report(error: VultusClientError): void;
  /** Ends the connection; the session itself lives on until it is deleted. Idempotent. */
  close(): void;
}
