/**
 * werift 0.25 sends a lost flight of its handshake again under the same record numbers. What of it had arrived is
 * then dropped as a replay (RFC 6347 §4.2.4 asks for new numbers), so that where the peer's last message is lost
 * the peer never learns of it and the handshake hangs for good: at 10 % loss every fifth connection.
 */
import type { RTCDtlsTransport } from 'werift';
import { RECORD, recordsOf, socketOf } from './dtls-records.ts';
import { inside } from './inside.ts';

/** More than the records of one flight. */
const RENUMBERED_BY = 64;

/** A handshake record before it was encrypted, as werift has it. */
interface PlainRecord {
  recordLayerHeader: { contentType: number; epoch: number; sequenceNumber: number; contentLen: number };
  fragment: Buffer;
  serialize(): Buffer;
}

/** Sends what is sent again under new numbers. To be called before it connects. */
export function renumberResends(transport: RTCDtlsTransport): void {
  const { connection } = transport.iceTransport;
  const send = connection.send.bind(connection);
  const attempts = new WeakMap<Buffer, number>();
  const finished = new WeakMap<Buffer, (attempt: number) => Buffer>();
  let watched = false;
  connection.send = (data) => {
    if (!isHandshake(data)) return send(data);
    if (!watched) {
      watched = true;
      rememberEncrypted(transport, finished);
      dropEarlyData(transport);
    }
    const attempt = attempts.get(data) ?? 0;
    attempts.set(data, attempt + 1);
    if (attempt === 0) return send(data);
    return send(finished.get(data)?.(attempt) ?? renumbered(data, attempt));
  };
}

function isHandshake(data: Buffer): boolean {
  return data[0] === RECORD.handshake || data[0] === RECORD.changeCipherSpec;
}

/**
 * Where the peer's last message is lost, its first data comes before it. werift would take it, and then wait for
 * ever for a data transport that is there already; the peer sends it again.
 */
function dropEarlyData(transport: RTCDtlsTransport): void {
  const socket = socketOf(transport);
  const { onData } = socket;
  socket.onData = (data) => {
    if (transport.state === 'connected') onData(data);
    else for (const record of recordsOf(data)) if (record[0] !== RECORD.applicationData) onData(record);
  };
}

/** Keeps the plain text of encrypted handshake messages: another number needs another encryption. */
function rememberEncrypted(
  transport: RTCDtlsTransport,
  finished: WeakMap<Buffer, (attempt: number) => Buffer>,
): void {
  const dtls = inside<{ cipher: object }>(transport.dtls, 'DtlsSocket', { cipher: 'object' });
  const cipher = inside<{ encryptPacket: (record: PlainRecord) => PlainRecord }>(
    dtls.cipher,
    'CipherContext',
    { encryptPacket: 'function' },
  );
  const encrypt = cipher.encryptPacket.bind(cipher);
  cipher.encryptPacket = (record) => {
    const { recordLayerHeader: header, fragment } = record;
    const { sequenceNumber } = header;
    if (header.contentType !== RECORD.handshake) return encrypt(record);
    const encrypted = encrypt(record);
    const serialize = encrypted.serialize.bind(encrypted);
    encrypted.serialize = () => {
      const data = serialize();
      finished.set(data, (attempt) => {
        header.sequenceNumber = sequenceNumber + attempt * RENUMBERED_BY;
        record.fragment = fragment;
        encrypt(record);
        return serialize();
      });
      return data;
    };
    return encrypted;
  };
}

/** The records of a datagram, not encrypted, under numbers that have not been used. */
function renumbered(datagram: Buffer, attempt: number): Buffer {
  const copies = recordsOf(datagram).map((record) => {
    const copy = Buffer.from(record);
    copy.writeUIntBE(record.readUIntBE(5, 6) + attempt * RENUMBERED_BY, 5, 6);
    return copy;
  });
  return Buffer.concat(copies);
}
