/**
 * werift 0.25 routes payload-specific RTCP feedback by the SSRC of its sender, so that a browser which also sends a
 * microphone never gets its key frame (RFC 4585 §6.1); it drops the bytes of transport-wide feedback, of which it
 * skips status vectors and miscounts run lengths.
 */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

/** Shows `listener` each compound packet that comes, decrypted and authenticated, before werift reads it. */
export function tapRtcp(transport: RTCDtlsTransport, listener: (compound: Buffer) => void): void {
  const attach = (): void => {
    const srtcp = inside<{ decrypt(data: Buffer): Buffer }>(transport.srtcp, 'SrtcpSession', {
      decrypt: 'function',
    });
    const decrypt = srtcp.decrypt.bind(srtcp);
    srtcp.decrypt = (data) => {
      const compound = decrypt(data);
      listener(compound);
      return compound;
    };
  };
  if (transport.state === 'connected') attach();
  else transport.onStateChange.subscribe((state) => state === 'connected' && attach());
}
