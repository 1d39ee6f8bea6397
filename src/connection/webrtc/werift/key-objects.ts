/**
 * werift 0.25 gives node:crypto the bytes of an SRTP key with every packet, and Node makes a key of them each time: with
 * Node 24 that is 22 of the 30 µs that a packet's encryption takes, and half of what a viewer costs. Chromium chooses
 * AES-CM with HMAC-SHA1 (RFC 5764 §4.1.2), whose packets are signed with a key of their own: 20 to 28 µs of 25 to 33.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

interface Contexts {
  localContext: { cipher: object };
  remoteContext: { cipher: object };
}
interface Keys {
  [name: string]: Buffer | KeyObject;
}
const CIPHER_KEYS = ['srtpSessionKey', 'srtcpSessionKey'];
/** Of ciphers that sign apart from encrypting. */
const SIGNATURE_KEYS = ['srtpSessionAuthTag', 'srtcpSessionAuthTag'];

/** Makes the keys once. To be called before it connects. */
export function keepKeys(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    for (const session of [transport.srtp, transport.srtcp]) {
      const contexts = inside<Contexts>(session, 'SrtpSession', {
        localContext: 'object',
        remoteContext: 'object',
      });
      for (const { cipher } of [contexts.localContext, contexts.remoteContext]) {
        makeKeys(cipher, CIPHER_KEYS);
        if ('generateSrtpAuthTag' in cipher) makeKeys(cipher, SIGNATURE_KEYS);
      }
    }
  });
}

function makeKeys(cipher: object, names: readonly string[]): void {
  const keys = inside<Keys>(cipher, 'Cipher', Object.fromEntries(names.map((name) => [name, 'object'])));
  for (const name of names) {
    const key = keys[name];
    if (key instanceof Buffer) keys[name] = createSecretKey(key);
  }
}
