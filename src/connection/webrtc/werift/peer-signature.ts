/**
 * werift 0.25 verifies no signature in its DTLS handshake, neither that of a server's keys (RFC 8422 §5.4) nor that of
 * a client's certificate (RFC 5246 §7.4.8). A certificate is no secret: whoever stands between two peers shows that of
 * one, whose fingerprint the other one knows (RFC 8122 §5), and talks in its name with keys of his own.
 */
import { verify, X509Certificate } from 'node:crypto';
import type { RTCDtlsTransport } from 'werift';
import { HANDSHAKE, whenConnecting } from './dtls-records.ts';
import { inside } from './inside.ts';

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
  whenConnecting(transport, () => transport.role === 'client' && watch(transport));
}

/**
 * The same for a client, which signs all that was said before (RFC 5246 §7.4.8). Needs a handshake in order, with one
 * certificate. To be called before it connects.
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
}

/** All messages of the handshake in their order; what came again is left out. */
function heardBy(transport: RTCDtlsTransport): Message[] {
  const { dtls } = inside<{ dtls: object }>(transport.dtls, 'DtlsSocket', { dtls: 'object' });
  return inside<{ sortedHandshakeCache: Message[] }>(dtls, 'DtlsContext', { sortedHandshakeCache: 'object' })
    .sortedHandshakeCache;
}

function requireSignature(messages: readonly Message[]): void {
  // Those of the server come first, and its certificate is among them.
  const certificate = messages.findLast(({ msg_type: type }) => type === HANDSHAKE.certificate);
  const proof = messages.find(({ msg_type: type }) => type === HANDSHAKE.certificateVerify)?.fragment;
  const signed = messages.filter(
    ({ msg_type: type }) => type !== HANDSHAKE.certificateVerify && type !== HANDSHAKE.finished,
  );
  const hash = proof && HASHES[proof[0]];
  const { publicKey } = new X509Certificate(firstCertificate(certificate!.fragment));
  const signature = proof?.subarray(4, 4 + proof.readUInt16BE(2));
  const bytes = Buffer.concat(signed.map((message) => message.serialize()));
  if (!hash || !signature || !verify(hash, bytes, publicKey, signature))
    throw new Error('the handshake is not signed by the peer');
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
      if (type === HANDSHAKE.serverHello)
        serverRandom = fragment.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES);
      else if (type === HANDSHAKE.certificate) {
        certificate = firstCertificate(fragment);
        if (verified && !verified.equals(certificate)) throw new Error('another certificate than before');
      } else if (type === HANDSHAKE.serverKeyExchange) {
        const { localRandom } = inside<{ localRandom: { serialize(): Buffer } }>(cipher, 'CipherContext', {
          localRandom: 'object',
        });
        if (!serverRandom || !certificate) throw new Error('keys before the certificate that they are of');
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
