/**
 * werift 0.25 verifies no signature in its DTLS handshake, neither that of a server's keys (RFC 8422 §5.4) nor that of
 * a client's certificate (RFC 5246 §7.4.8). A certificate is no secret: whoever stands between two peers shows that of
 * one, whose fingerprint the other one knows (RFC 8122 §5), and talks in its name with keys of his own.
 */
import { verify, X509Certificate } from 'node:crypto';
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

/** Types of handshake messages (RFC 5246 §7.4). */
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_VERIFY = 15;
const CLIENT_KEY_EXCHANGE = 16;
const FINISHED = 20;
/** Version, random. */
const RANDOM_AT = 2;
const RANDOM_BYTES = 32;
/** RFC 5246 §7.4.1.4.1: of these werift offers but one. */
const HASHES: Readonly<Record<number, string>> = Object.freeze({ 4: 'sha256', 5: 'sha384', 6: 'sha512' });

interface Message {
  msg_type: number;
  fragment: Buffer;
  serialize(): Buffer;
}
interface Handshakes {
  onHandleHandshakes(messages: Message[]): Promise<void>;
}

/** Fails the handshake of a server that does not have the key of its certificate. To be called before it connects. */
export function verifyServer(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    // werift makes the socket in the next moment.
    if (state === 'connecting' && transport.role === 'client') queueMicrotask(() => watch(transport));
  });
}

/**
 * The same for a client, which signs all that was said before (RFC 5246 §7.4.8). To be called before it connects.
 */
export function verifyClient(transport: RTCDtlsTransport): void {
  const fingerprints = inside<{ verifyRemoteCertificateFingerprint(): void }>(transport, 'RTCDtlsTransport', {
    verifyRemoteCertificateFingerprint: 'function',
  });
  const verifyFingerprint = fingerprints.verifyRemoteCertificateFingerprint.bind(transport);
  // After the handshake, and before there are keys for media or data is taken.
  fingerprints.verifyRemoteCertificateFingerprint = () => {
    verifyFingerprint();
    if (transport.role === 'server') requireSignature(heardBy(transport));
  };
  transport.onStateChange.subscribe((state) => {
    if (state === 'connecting' && transport.role === 'server') queueMicrotask(() => keepOrder(transport));
  });
}

/** All messages of the handshake in their order; what came again is left out. */
function heardBy(transport: RTCDtlsTransport): Message[] {
  const { dtls } = inside<{ dtls: object }>(transport.dtls, 'DtlsSocket', { dtls: 'object' });
  return inside<{ sortedHandshakeCache: Message[] }>(dtls, 'DtlsContext', { sortedHandshakeCache: 'object' })
    .sortedHandshakeCache;
}

function requireSignature(messages: readonly Message[]): void {
  // Those of the server come first, and its certificate is among them.
  const certificate = messages.findLast(({ msg_type: type }) => type === CERTIFICATE);
  const proof = messages.find(({ msg_type: type }) => type === CERTIFICATE_VERIFY)?.fragment;
  const signed = messages.filter(({ msg_type: type }) => type !== CERTIFICATE_VERIFY && type !== FINISHED);
  const hash = proof && HASHES[proof[0]];
  const { publicKey } = new X509Certificate(firstCertificate(certificate!.fragment));
  const signature = proof?.subarray(4, 4 + proof.readUInt16BE(2));
  const bytes = Buffer.concat(signed.map((message) => message.serialize()));
  if (!hash || !signature || !verify(hash, bytes, publicKey, signature))
    throw new Error('the handshake is not signed by the peer');
}

/** werift derives the keys from what has come by then: a message that overtook another one has to come again. */
function keepOrder(transport: RTCDtlsTransport): void {
  const socket = inside<Handshakes>(transport.dtls, 'DtlsSocket', { onHandleHandshakes: 'function' });
  const handle = socket.onHandleHandshakes.bind(socket);
  let next = 0;
  const order = [CERTIFICATE, CLIENT_KEY_EXCHANGE, CERTIFICATE_VERIFY];
  socket.onHandleHandshakes = async (messages) => {
    for (const message of messages) {
      const place = order.indexOf(message.msg_type);
      if (place > next) continue;
      if (place === next) next++;
      await handle([message]);
    }
  };
}

function watch(transport: RTCDtlsTransport): void {
  const socket = inside<Handshakes>(transport.dtls, 'DtlsSocket', { onHandleHandshakes: 'function' });
  const { cipher } = inside<{ cipher: object }>(transport.dtls, 'DtlsSocket', { cipher: 'object' });
  const handle = socket.onHandleHandshakes.bind(socket);
  let serverRandom: Buffer | undefined;
  let certificate: Buffer | undefined;
  /** Of the keys that were taken: the fingerprint has to be that of this one. */
  let verified: Buffer | undefined;
  socket.onHandleHandshakes = async (messages) => {
    for (const { msg_type: type, fragment } of messages) {
      if (type === SERVER_HELLO) serverRandom = fragment.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES);
      else if (type === CERTIFICATE) {
        certificate = firstCertificate(fragment);
        if (verified && !verified.equals(certificate)) throw new Error('another certificate than before');
      } else if (type === SERVER_KEY_EXCHANGE) {
        const { localRandom } = inside<{ localRandom: { serialize(): Buffer } }>(cipher, 'CipherContext', {
          localRandom: 'object',
        });
        // One that overtook the others comes again.
        if (!serverRandom || !certificate) return;
        const randoms = Buffer.concat([localRandom.serialize(), serverRandom]);
        if (!isSigned(fragment, randoms, certificate)) throw new Error('the keys are not signed by the peer');
        verified = certificate;
      }
    }
    await handle(messages);
  };
}

/** RFC 5246 §7.4.2: lengths of 24 bits, of all and of each. */
function firstCertificate(fragment: Buffer): Buffer {
  return fragment.subarray(6, 6 + fragment.readUIntBE(3, 3));
}

/** RFC 8422 §5.4: curve and public key, then hash, algorithm and signature of the randoms and these. */
function isSigned(exchange: Buffer, randoms: Buffer, certificate: Buffer): boolean {
  const end = 4 + exchange[3];
  const hash = HASHES[exchange[end]];
  const signature = exchange.subarray(end + 4, end + 4 + exchange.readUInt16BE(end + 2));
  const signed = Buffer.concat([randoms, exchange.subarray(0, end)]);
  return hash !== undefined && verify(hash, signed, new X509Certificate(certificate).publicKey, signature);
}
