/** What a client says; see ../wire.ts for the rules. Fields marked (2) came with that version. */
import type { ControlsPatch } from '../controls.ts';
import type { Drawer, DrawReason } from '../drawing.ts';
import type { AudioFormat, PcmFormat, VideoCodec } from '../formats.ts';
import type { CaptionFormat, PictureEncoding, UserAudioEncoding } from '../outputs.ts';
import type { PerformedFrame } from '../performed-motion.ts';
import type { Word } from '../speech.ts';
import type { UserFace } from '../user-face.ts';
import type { WireVersion } from './protocol.ts';

/** What is sent back. */
export interface Outputs {
  video?: boolean;
  /** `true`: Opus. */
  voice?: boolean | PcmFormat;
  motion?: boolean;
  /** What pictures are drawn of, where the session lets its viewers draw (`draw`); video comes with it after a `draw` message. */
  drawing?: boolean;
  /** Pictures that stand by themselves, for those who decode no video. */
  picture?: PictureEncoding;
  /** What the user says, on a microphone that the avatar listens to, of whichever connection; not for viewers. */
  userAudio?: UserAudioEncoding;
  /** What is heard, where its sender gave words: on a data channel too. */
  captions?: CaptionFormat;
}

/** First message: the format of the voice to come (mono) and what to send back. */
interface Hello {
  type: 'hello';
  version: WireVersion;
  audio: AudioFormat;
  outputs: Outputs;
  /** The format of a microphone (`audio` with `live`), where it has one of its own (2). */
  microphone?: AudioFormat;
  /** What the client can decode, the one that it likes best first, for sessions that leave it to that (`auto`). */
  videoCodecs?: VideoCodec[];
  /** What a microphone is for (`audio` with `live`): the avatar speaks with it (default), or listens to it. */
  voiceInput?: 'speak' | 'listen';
}

type Said =
  /** Voice to speak: samples of s16le or G.711 (any number), or exactly one Opus packet. Faster than real time is allowed. */
  | {
      type: 'audio';
      data: Uint8Array;
      /** From a microphone, in real time: pauses may be shortened where the voice has fallen behind. */
      live?: boolean;
      /** What the client calls it (2). */
      utterance?: string;
    }
  /** Words of the utterance, by when they are said in it; before, with or after the voice (2). */
  | { type: 'words'; words: Word[]; utterance?: string }
  /** The utterance is complete: `speech.ended` follows once its last sample has left. */
  | { type: 'speech.end'; utterance?: string }
  /** Drop what is queued and fall silent at once. */
  | { type: 'interrupt'; utterance?: string }
  /** Fall silent at once and keep what is queued; `resume` goes on from the sample. */
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'control'; controls: ControlsPatch }
  /** What a performer's face does, 15 to 60 times a second. */
  | ({ type: 'motion' } & PerformedFrame)
  /** What a camera sees of the user whom the avatar listens to, 10 to 60 times a second. */
  | ({ type: 'user.face' } & UserFace)
  /** Another background from the next picture on. */
  | { type: 'background'; background: string }
  /** Who draws for this connection from now on, where it has asked for `drawing`: with `server`, video is sent beside it. */
  | { type: 'draw'; by: Drawer; reason?: DrawReason }
  /** Ask for a key frame, for instance after a decoder was reset. */
  | { type: 'keyframe' }
  | { type: 'ping'; id: number };

export type ClientMessage = Hello | Said;
/** What a client writes: default for `audio` is s16le at 16 kHz, for `outputs` none. */
export type ClientMessageInput = (Omit<Hello, 'audio' | 'outputs'> & Partial<Hello>) | Said;
