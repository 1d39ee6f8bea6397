import type { Budgets } from '../../budget/budgets.ts';
import type { Role } from '../../contract/roles.ts';
import type { ConnectionKind } from '../connection.ts';
import { EVERYTHING, type Wanted } from './offer.ts';

export interface IceServer {
  /** `stun:host:port` or `turn:host:port`. */
  urls: string;
  username?: string;
  credential?: string;
}

/** How the peer came, and with that what it is there for. */
export type WebRtcKind = Extract<ConnectionKind, 'webrtc' | 'whip' | 'whip-user' | 'whep'>;

const PUBLISHER: Wanted = Object.freeze({ video: false, voice: false, microphone: true, messages: false });

/** What is taken of an offer of each kind. */
const WANTED: Readonly<Record<WebRtcKind, Wanted>> = Object.freeze({
  webrtc: EVERYTHING,
  whip: PUBLISHER,
  'whip-user': PUBLISHER,
  whep: Object.freeze({ video: true, voice: true, microphone: false, messages: false }),
});

export interface WebRtcOptions {
  /** Default `webrtc`. */
  kind?: WebRtcKind;
  /** Default `control`. */
  role?: Role;
  /** Opens the peer's next connection; it is told in `ready`. */
  nextToken?: string;
  /** `speak`: the avatar says what the microphone hears; `listen`: the microphone is not spoken. */
  voiceInput: 'speak' | 'listen';
  iceServers?: IceServer[];
  /** IP address to offer too, for a server behind NAT. */
  publicHost?: string;
  /** First and last UDP port. */
  udpPorts?: [number, number];
  /** A peer that does not connect, or is not heard of, for so long is given up; default 15 s. */
  timeoutMs?: number;
  /** Those of the server; default: of its own. */
  budgets?: Budgets;
}

/** A viewer's microphone is not wanted. */
export function wantedBy({ kind = 'webrtc', role }: Pick<WebRtcOptions, 'kind' | 'role'>): Wanted {
  return role === 'view' ? { ...WANTED[kind], microphone: false } : WANTED[kind];
}
