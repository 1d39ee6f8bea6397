/**
 * werift 0.25 routes payload-specific RTCP feedback by the SSRC of its sender, so that a browser which also sends a
 * microphone never gets its key frame (RFC 4585 §6.1); it drops the bytes of transport-wide feedback, of which it
 * skips status vectors and miscounts run lengths, and makes an object of each packet that 40 bytes say they tell of, up
 * to 65,535.
 */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

const TRANSPORT_FEEDBACK = 205;
const FORMAT_TRANSPORT_WIDE = 15;

/**
 * Shows `listener` each compound packet that comes, decrypted and authenticated, before werift reads it: all but its
 * transport-wide feedback.
 */
export function tapRtcp(transport: RTCDtlsTransport, listener: (compound: Buffer) => void): void {
  const attach = (): void => {
    const srtcp = inside<{ decrypt(data: Buffer): Buffer }>(transport.srtcp, 'SrtcpSession', {
      decrypt: 'function',
    });
    const decrypt = srtcp.decrypt.bind(srtcp);
    srtcp.decrypt = (data) => {
      const compound = decrypt(data);
      listener(compound);
      return withoutTransportFeedback(compound);
    };
  };
  if (transport.state === 'connected') attach();
  else transport.onStateChange.subscribe((state) => state === 'connected' && attach());
}

function withoutTransportFeedback(compound: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at + 4 <= compound.length; ) {
    const end = at + 4 * (1 + compound.readUInt16BE(at + 2));
    const transportWide =
      compound[at + 1] === TRANSPORT_FEEDBACK && (compound[at] & 0x1f) === FORMAT_TRANSPORT_WIDE;
    if (!transportWide) kept.push(compound.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
