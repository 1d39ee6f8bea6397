/**
 * werift 0.25 reads the header extensions of a packet as far as their length says, also beyond its end, and before it
 * has verified it: one of 40 bytes that tells of 65,535 words takes half a minute.
 */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

const FIXED_BYTES = 12;
const HAS_EXTENSION = 0x10;
/** One for all: what is dropped costs nothing. */
const DROPPED = new Error('a packet that is shorter than its header');

/** Drops packets that end before their header does. To be called before it connects. */
export function dropCutHeaders(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    const srtp = inside<{ decrypt(data: Buffer): Buffer }>(transport.srtp, 'SrtpSession', {
      decrypt: 'function',
    });
    const decrypt = srtp.decrypt.bind(srtp);
    srtp.decrypt = (data) => {
      if (!hasWholeHeader(data)) throw DROPPED;
      return decrypt(data);
    };
  });
}

/** RFC 3550 §5.1, §5.3.1. */
function hasWholeHeader(packet: Buffer): boolean {
  if (packet.length < FIXED_BYTES) return false;
  const extensionAt = FIXED_BYTES + 4 * (packet[0] & 0x0f);
  if ((packet[0] & HAS_EXTENSION) === 0) return packet.length >= extensionAt;
  const from = extensionAt + 4;
  return packet.length >= from && packet.length >= from + 4 * packet.readUInt16BE(extensionAt + 2);
}
