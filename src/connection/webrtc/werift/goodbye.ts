/** werift 0.25 ends a DTLS connection without a word: a peer without a data channel waits until ICE gives up (30 s). */
import type { RTCDtlsTransport } from 'werift';
import { RECORD } from './dtls-records.ts';
import { inside } from './inside.ts';

/** Level warning, close_notify (RFC 5246 §7.2.1). */
const CLOSE_NOTIFY = Buffer.from([1, 0]);

interface Cipher {
  encryptPacket(packet: { recordLayerHeader: { contentType: number } }): { serialize(): Buffer };
}

/** Tells the peer that nothing more comes. To be called before the connection is closed. */
export function sayGoodbye({ dtls, state }: RTCDtlsTransport): void {
  if (!dtls || state !== 'connected') return;
  const { cipher } = inside<{ cipher: Cipher }>(dtls, 'DtlsSocket', { cipher: 'object' });
  const encryptPacket = inside<Cipher>(cipher, 'CipherContext', { encryptPacket: 'function' }).encryptPacket;
  cipher.encryptPacket = (packet) => {
    packet.recordLayerHeader.contentType = RECORD.alert;
    return encryptPacket.call(cipher, packet);
  };
  // It is encrypted at once; whether it arrives is not waited for.
  dtls.send(CLOSE_NOTIFY).catch(() => {});
  cipher.encryptPacket = encryptPacket;
}
