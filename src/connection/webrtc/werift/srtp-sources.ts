/**
 * werift 0.25 keeps state for every SSRC that a packet comes from, signed by the peer as it is, for as long as the
 * connection lasts: a peer that counts its SSRCs up fills the memory. And it decrypts whatever comes before it looks
 * whether anybody wants it: the video of a publisher of whom only the voice is taken is a thousand packets a second.
 */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

/** A browser has one microphone. */
const MOST_SOURCES = 64;
/** Offset of the SSRC in an RTP packet (RFC 3550 §5.1). */
const SSRC_AT = 8;
/** One for all: what is dropped costs nothing. */
const DROPPED = new Error('a packet that nobody wants');

/**
 * Drops what comes from more sources than an honest peer has, and what is of other payload types than these, before
 * it is decrypted. To be called before it connects.
 */
export function limitSources(
  transport: RTCDtlsTransport,
  payloadTypes: readonly (number | undefined)[],
): void {
  transport.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    const srtp = inside<{ decrypt(data: Buffer): Buffer }>(transport.srtp, 'SrtpSession', {
      decrypt: 'function',
    });
    const sources = new Set<number>();
    const decrypt = srtp.decrypt.bind(srtp);
    srtp.decrypt = (data) => {
      if (data.length < SSRC_AT + 4 || !payloadTypes.includes(data[1] & 0x7f)) throw DROPPED;
      const source = data.readUInt32BE(SSRC_AT);
      if (sources.size >= MOST_SOURCES && !sources.has(source)) throw DROPPED;
      const decrypted = decrypt(data);
      // Whoever does not know the key adds none.
      sources.add(source);
      return decrypted;
    };
  });
}
