import type { Budgets } from '../../budget/budgets.ts';
import type { Role } from '../../contract/roles.ts';

export interface IceServer {
  /** `stun:host:port` or `turn:host:port`. */
  urls: string;
  username?: string;
  credential?: string;
}

export interface WebRtcOptions {
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
