/** What leaves a session, each piece at the moment when it should leave the server. */
import type { PictureDelays } from './stats.ts';

/** Which kinds of output are wanted. */
export interface Outputs {
  video: boolean;
  voice: boolean;
  motion: boolean;
}

/** `mediaTimeMs` counts from the start of the session, without gaps; `epoch` rises with each interruption. */
export interface Timed {
  mediaTimeMs: number;
  epoch: number;
}
export interface VideoPacket extends Timed {
  data: Uint8Array;
  key: boolean;
  /** Where its delay comes from, as far as that is known. */
  delays?: PictureDelays;
}
/** One Opus packet: 20 ms, 48 kHz, mono. */
export interface VoicePacket extends Timed {
  data: Uint8Array;
}
export interface MotionPacket extends Timed {
  /** `Float32Array[58]`, see motion-frame.ts. */
  frame: Float32Array;
}
