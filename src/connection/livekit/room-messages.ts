/** What the server and the process that sits in LiveKit's rooms tell each other. */
import type { DialRules } from '../dial-policy.ts';

/** The room of one connection, and how to be in it. */
export interface RoomRequest {
  /** ws, wss, http or https. */
  url: string;
  /** For us: an access token of the room (JWT). */
  token: string;
  /** Who is served; without it, whom the token's `lk.publish_on_behalf` names, else the first agent. */
  agentIdentity?: string | undefined;
  video: { width: number; height: number; fps: number; bitrateKbps: number };
}

/** To be told to the sender by a call of its methods (RPC). */
export interface Notice {
  method: 'lk.playback_started' | 'lk.playback_finished';
  payload: string;
}

/** Why a room was left, or never joined. */
export type RoomEnd =
  /** The server says that there is nothing to come back to: the room is closed, or we were put out. */
  | 'over'
  /** The way to the server is lost. */
  | 'lost'
  /** The token is not taken. */
  | 'refused'
  /** The address is not one that may be dialled. */
  | 'not allowed'
  /** Somebody in the room sends more than one may. */
  | 'flooded';

export type ToRooms =
  | { type: 'rules'; rules: DialRules }
  | { type: 'join'; room: number; request: RoomRequest }
  | { type: 'leave'; room: number }
  /** All rooms are left, and the process ends. */
  | { type: 'end' }
  | { type: 'picture'; room: number; width: number; height: number; data: Uint8Array; mediaTimeMs: number }
  | { type: 'voice'; room: number; samples: Float32Array; mediaTimeMs: number }
  /** Voice that comes from here on is of after the clear. */
  | { type: 'cleared'; room: number }
  | { type: 'notice'; room: number; id: number; notice: Notice };

export type RoomEvent =
  /** Both tracks are published. */
  | { type: 'joined' }
  | { type: 'left'; why: RoomEnd; detail: string }
  /** The one to join with from now on. */
  | { type: 'token'; token: string }
  /** The sender is there, or has gone. */
  | { type: 'sender'; identity: string; present: boolean }
  | { type: 'header'; stream: number; attributes: Record<string, string> }
  | { type: 'chunk'; stream: number; data: Uint8Array }
  | { type: 'trailer'; stream: number }
  | { type: 'clear' }
  /** The sender knows, or cannot be told. */
  | { type: 'noticed'; id: number };

export type FromRooms =
  | { type: 'event'; room: number; event: RoomEvent }
  /** Something was thrown that nobody caught, by LiveKit's client or by us; the process goes on. */
  | { type: 'fault'; detail: string };
