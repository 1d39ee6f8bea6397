import type { Role } from '../contract/roles.ts';
import type { VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';

/** `whip`: gives the avatar its voice; `whip-user`: that of the user; `whep`: watches; `whip-push`: we publish to it. */
export type ConnectionKind = 'websocket' | 'webrtc' | 'livekit' | 'whip' | 'whip-user' | 'whip-push' | 'whep';

/** Why a connection has ended. `abuse`: its peer was sent away; `failed`: something went wrong on our side of it. */
export type CloseReason = 'closed' | 'session closed' | 'peer left' | 'connection lost' | 'abuse' | 'failed';

export interface ConnectionEvents {
  /** Once, whoever ended it; by then it has given back the outputs that it took. */
  closed: [why: CloseReason, error?: VultusError];
}

/**
 * One peer of a session, whoever dialled. It takes outputs, may give voice, and hears events. It never ends its
 * session, and what goes wrong in it ends nothing but itself (see `Attachment`).
 */
export interface Connection {
  readonly kind: ConnectionKind;
  readonly role: Role;
  readonly closed: boolean;
  /** Whether its peer has been there, and not only announced itself. */
  readonly joined: boolean;
  /** Called once, before anything is done with it. Throws `session_closed`. */
  attach(session: SessionApi): void;
  /** The peer is told the reason where there is a way to. Idempotent. */
  close(reason?: VultusError): void;
  once(event: 'closed', listener: (...values: ConnectionEvents['closed']) => void): unknown;
}
