/** STUN binding requests (RFC 8489) with the credentials of ICE (RFC 8445 §7.2.2), as far as they have to be checked. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER_BYTES = 20;
const COOKIE = 0x2112a442;
const BINDING_REQUEST = 1;
const USERNAME = 6;
const MESSAGE_INTEGRITY = 8;
const INTEGRITY_BYTES = 20;

export interface StunRequest {
  /** Fragment of the user name of the one who is asked. */
  userFragment: string;
  /** Whether who asks knows this password (RFC 8489 §14.5). */
  knows(password: string): boolean;
}

/** Whether a datagram claims to be STUN (RFC 7983 §7). */
export function isStun(data: Buffer): boolean {
  return data.length >= HEADER_BYTES && data[0] < 4 && data.readUInt32BE(4) === COOKIE;
}

/** Undefined where it is no binding request with a user and a signature. */
export function readStunRequest(data: Buffer): StunRequest | undefined {
  if (!isStun(data) || data.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  let user: string | undefined;
  for (let at = HEADER_BYTES; at + 4 <= data.length; ) {
    const type = data.readUInt16BE(at);
    const length = data.readUInt16BE(at + 2);
    const value = data.subarray(at + 4, at + 4 + length);
    if (value.length < length) return undefined;
    if (type === USERNAME) user ??= value.toString();
    if (type === MESSAGE_INTEGRITY) {
      if (user === undefined || length !== INTEGRITY_BYTES) return undefined;
      const signed = Buffer.from(data.subarray(0, at));
      signed.writeUInt16BE(at - HEADER_BYTES + 4 + INTEGRITY_BYTES, 2);
      return {
        userFragment: user.split(':')[0],
        knows: (password) => timingSafeEqual(createHmac('sha1', password).update(signed).digest(), value),
      };
    }
    at += 4 + length + (-length & 3);
  }
  return undefined;
}
