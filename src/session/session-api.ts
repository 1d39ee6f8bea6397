/**
 * What connections and routes see of a session. `session.ts` implements it on top of the engine.
 * Voice goes in as 48 kHz mono PCM (the analysis derives its 16 kHz from it; what is heard keeps the full band);
 * events come out to all who listen, packets to those who take the output that they belong to, each at the moment
 * when it should leave the server.
 */
import type { EventEmitter } from 'node:events';
import type { Backdrop } from '../contract/backdrop.ts';
import type { AvatarState, ControlsPatch } from '../contract/controls.ts';
import type {
  DrawingPacket,
  MotionPacket,
  Output,
  PcmPacket,
  PicturePacket,
  UserAudioPacket,
  VideoPacket,
  VoicePacket,
} from '../contract/outputs.ts';
import type { PerformedFrame } from '../contract/performed-motion.ts';
import type { EngineEvents, Warning } from '../contract/session-events.ts';
import type { SessionSettings } from '../contract/session-settings.ts';
import type { Word } from '../contract/speech.ts';
import type { PictureDelays, SessionStats } from '../contract/stats.ts';
import type { UserFace } from '../contract/user-face.ts';
import type { VultusError } from '../errors.ts';

type SpeechEventName =
  | 'speech.started'
  | 'speech.stalled'
  | 'speech.continued'
  | 'speech.word'
  | 'speech.ended';
/** `id`: what its sender calls the utterance, where it does. */
type SpeechEvents = { [Name in SpeechEventName]: [EngineEvents[Name][0] & { id?: string }] };

export interface SessionEvents
  extends Omit<EngineEvents, 'packet' | 'warning' | SpeechEventName>,
    SpeechEvents {
  warning: [Warning];
  /** Of each encoded picture that has come from the engine, as far as they are known. */
  delays: [PictureDelays];
  /** All that had been said to it is dropped. Told before `interrupt` returns. */
  interrupted: [];
  /** Something else is behind the avatar from the next picture on. */
  background: [Backdrop];
  /** The user began or stopped talking, on a microphone that the avatar listens to. */
  'user.started': [];
  'user.ended': [{ talkedMs: number }];
  error: [VultusError];
  /** With the error that ended it; without one when somebody closed it. */
  closed: [reason?: VultusError];
}

/** Who takes outputs of a session: it is given the packets of those, and of no others. */
export interface Taker {
  /** The first one is a key frame. */
  video?(packet: VideoPacket): void;
  voice?(packet: VoicePacket): void;
  pcm?(packet: PcmPacket): void;
  userAudio?(packet: UserAudioPacket): void;
  picture?(packet: PicturePacket): void;
  motion?(packet: MotionPacket): void;
  drawing?(packet: DrawingPacket): void;
  /** Of what concerns its video alone; other warnings are events. */
  warning?(warning: Warning): void;
}

/** What a taker takes now. Nothing here does anything once the session has ended. */
export interface Taking {
  /** Takes these instead; what is in both goes on. */
  change(outputs: readonly Output[]): void;
  /** For its video, where its decoder has lost its way; merged with what others ask for at that time. */
  requestKeyFrame(): void;
  /** What its network carries of its video, in place of the bitrate that it came with. */
  setBitrate(bitrateKbps: number): void;
  /** Takes nothing any more. Idempotent. */
  close(): void;
}

/**
 * One who speaks in a session: it gives voice in utterances, which may have names of its own choice. Voice without a
 * name belongs to the utterance that is being received, or begins one; a new name begins another, and completes the
 * one before. Utterances of all speakers are spoken one after the other, in the order in which they began. An
 * utterance whose `end` does not come ends by itself (see contract/speech.ts).
 */
export interface Speaker {
  /** Whether its utterances wait for voice that does not come in time, and voice that comes too late is dropped. */
  patient: boolean;
  /** Counts its utterances that are over: the rest of a sample from before does not belong to what comes. */
  readonly turn: number;
  /**
   * Whether voice of this name, or without one, would be spoken. Not so where an utterance of this name is over, or,
   * without a name, after somebody else has interrupted it until it calls `end` or `interrupt` or takes a new name.
   */
  accepts(id?: string): boolean;
  /**
   * `samples`: mono float32 −1..1 at 48 kHz, any number; `live`: from a microphone, so that pauses may be shortened
   * where it has fallen behind; what it hears is never late, but dropped while anything else is being said.
   * Returns false where it is late, and dropped. Throws `audio_buffer_full`, at most once a second however much is
   * refused, `session_closed`.
   */
  push(samples: Float32Array, options?: { live?: boolean; id?: string | undefined }): boolean;
  /**
   * Voice of this name, or without one, has come that cannot be used. As long as nothing better follows, its utterance
   * does not end as `completed`, but as `interrupted`. Throws `session_closed`.
   */
  refuse(id?: string): void;
  /** Whether so much would be kept now. Throws `session_closed`. */
  hasRoom(samples: number): boolean;
  /**
   * What is said in the utterance of this name, or without one in that which is being received, or begins: before, with
   * or after its voice, also after its `end`. Told by `speech.word` as they are heard.
   * Returns false where some are late, and dropped. Throws `words_buffer_full`, `audio_buffer_full`, `session_closed`.
   */
  addWords(words: readonly Word[], id?: string): boolean;
  /** The utterance is complete; what comes next begins another. Throws `session_closed`. */
  end(id?: string): void;
  /**
   * Drops all that has not been heard of its utterance of this name; without one, of everybody's, and ends a pause.
   * The avatar falls silent at once. Throws `session_closed`.
   */
  interrupt(id?: string): void;
  /** Nothing more comes of it. */
  close(): void;
}

export interface SessionApi extends EventEmitter<SessionEvents> {
  readonly id: string;
  readonly settings: Readonly<SessionSettings>;
  readonly createdAt: Date;
  readonly closed: boolean;
  /** Whether an engine makes its pictures; not so while one that has failed is being replaced. */
  readonly live: boolean;
  /** By how much voice and picture together follow the voice that came in, milliseconds. */
  readonly delayMs: number;
  readonly stats: SessionStats;
  readonly state: AvatarState;
  /** For each who gives it voice. */
  openSpeaker(): Speaker;
  /**
   * What the microphone of the user hears, 48 kHz mono: it is not spoken, but the avatar listens while the user
   * talks (state `auto`), `user.started` and `user.ended` tell when, and with the control `bargeIn` the avatar
   * falls silent at once. Throws `session_closed`.
   */
  hearUser(samples: Float32Array): void;
  /**
   * Falls silent at once and keeps what is queued, and what still comes, for `resume`, which goes on from the
   * sample. A microphone is not spoken meanwhile; an interruption ends the pause. Both are idempotent.
   */
  pause(): void;
  resume(): void;
  setControls(patch: ControlsPatch): void;
  /**
   * What the face of a performer does, mixed in by the control `performer`. One at a time moves it: whoever began, until
   * nothing of theirs has come for a second. Throws `session_closed`.
   * @param performer who gives it @returns whether it is shown
   */
  setMotion(frame: PerformedFrame, performer: object): boolean;
  /**
   * What a camera sees of the user whom the avatar listens to: it answers their nods and smiles, and looks back when they
   * do. One at a time is seen: whoever began, until nothing of theirs has come for a second. Throws `session_closed`.
   * @param user who gives it
   */
  seeUser(face: UserFace, user: object): void;
  /** From the next picture on. Throws `background_fixed` where it has a matte and the one before has none, or the other way. */
  setBackground(background: Backdrop): void;
  /**
   * Gives `taker` the packets of these outputs from now on. What several take is made once for all of them, what
   * nobody takes is not made. An encoder follows the slowest of its takers, unless that is far slower than the others.
   * Throws `session_closed`.
   */
  take(outputs: readonly Output[], taker: Taker): Taking;
  /** Idempotent; emits `closed` once, with the reason that the connections tell their peers. */
  close(reason?: VultusError): void;
}
