import type { Budgets } from '../budget/budgets.ts';
import type { Drawer } from '../contract/drawing.ts';
import type { VideoCodec } from '../contract/formats.ts';
import type { Role } from '../contract/roles.ts';
import type { VultusError } from '../errors.ts';
import type { Flow } from './message-intake.ts';

export interface SessionChannelOptions {
  role: Role;
  /** Opens the next connection of this peer. */
  nextToken?: string | undefined;
  /** Whether encoded video, voice and motion may be sent here (a data channel carries only events and motion). */
  media: boolean;
  /** Of the peer's pictures, where they go another way. */
  videoCodec?: VideoCodec | undefined;
  /** The peer asks for a key frame of pictures that go another way. */
  keyFrame?: () => void;
  /** What the peer may cost. */
  budgets: Budgets;
  /** How the peer is made to wait; absent where there is no way to: then one that goes on too long is sent away. */
  flow?: Flow;
  /** What a microphone is for that comes another way. */
  onVoiceInput?: (voiceInput: 'speak' | 'listen') => void;
  /** Who draws pictures that go another way, from now on. */
  onDrawer?: (drawer: Drawer) => void;
  /** Called after the `error` message that says why the session has ended. */
  onEnd?: (error: VultusError) => void;
  /** The peer has sent too much, or too much that cannot be used, and is to go; called after the `error` message. */
  onAbuse: (error: VultusError) => void;
}
