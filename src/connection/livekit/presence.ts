import { VultusError } from '../../errors.ts';
import type { CloseReason } from '../connection.ts';
import type { RoomEnd } from './room-messages.ts';

/** An agent that has gone may come back: its network was away, or its job was moved. */
const AGENT_GRACE_MS = 10_000;
/** For the first to come. */
const FIRST_AGENT_MS = 60_000;
/** How long a room that is lost is tried again, and how often. */
const REJOIN_FOR_MS = 60_000;
const REJOIN_AFTER_MS = { least: 200, most: 4000 };

export interface PresenceWork {
  /** Of the room, as it came with the request. */
  token: string;
  join(token: string): void;
  end(why: CloseReason, error: VultusError): void;
}

/** Whether it is worth being in the room: for how long to come back to it, and to wait for its agent. */
export class Presence {
  readonly #work: PresenceWork;
  #token: string;
  #hasJoined = false;
  #tries = 0;
  #lostMs: number | undefined;
  #hasMetSender = false;
  #rejoin: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(work: PresenceWork) {
    this.#work = work;
    this.#token = work.token;
  }

  begin(): void {
    this.#work.join(this.#token);
  }

  joined(): void {
    this.#hasJoined = true;
    this.#tries = 0;
    this.#lostMs = undefined;
    this.#waitForSender();
  }

  /** The room's server has given a token for the time to come. */
  renew(token: string): void {
    this.#token = token;
  }

  sender(present: boolean): void {
    clearTimeout(this.#patience);
    this.#hasMetSender ||= present;
    if (!present) this.#waitForSender();
  }

  left(why: RoomEnd, detail: string): void {
    clearTimeout(this.#patience);
    if (why === 'not allowed') this.#work.end('connection lost', new VultusError('address_not_allowed'));
    else if (why === 'refused') this.#work.end('peer left', new VultusError('room_refused', detail));
    else if (why === 'over') this.#work.end('peer left', new VultusError('room_left', detail));
    else if (why === 'flooded') this.#work.end('abuse', new VultusError('room_flooded', detail));
    else if (!this.#hasJoined) this.#work.end('connection lost', new VultusError('room_unreachable', detail));
    else this.#comeBack(detail);
  }

  /** By no fault of the room's. */
  lost(detail: string): void {
    clearTimeout(this.#patience);
    this.#comeBack(detail);
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#rejoin);
  }

  #waitForSender(): void {
    clearTimeout(this.#patience);
    const forMs = this.#hasMetSender ? AGENT_GRACE_MS : FIRST_AGENT_MS;
    this.#patience = setTimeout(() => {
      this.#work.end('peer left', new VultusError('room_left', 'its agent has gone'));
    }, forMs).unref();
  }

  #comeBack(detail: string): void {
    const nowMs = performance.now();
    this.#lostMs ??= nowMs;
    const { least, most } = REJOIN_AFTER_MS;
    const afterMs = Math.min(most, least * 2 ** this.#tries++);
    const isOver = nowMs + afterMs - this.#lostMs > REJOIN_FOR_MS || hasExpired(this.#token);
    if (isOver) this.#work.end('connection lost', new VultusError('room_unreachable', detail));
    else this.#rejoin = setTimeout(() => this.#work.join(this.#token), afterMs).unref();
  }
}

/** By what an access token says of itself (RFC 7519 §4.1.4); whether that is true is for the room's server to say. */
function hasExpired(token: string): boolean {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    return typeof exp === 'number' && exp * 1000 <= Date.now();
  } catch {
    return false;
  }
}
