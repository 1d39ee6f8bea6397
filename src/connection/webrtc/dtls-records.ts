/**
 * werift 0.25 sends the Finished message of its DTLS handshake under a record number that its first
 * application data then uses again in the same epoch. The receiver rightly drops that record as a replay (RFC
 * 6347 §4.1.2.6), so the third message of every data channel waits a second for its resend; and AES-GCM must
 * never see a nonce twice (RFC 5288 §3).
 */
import type { RTCDtlsTransport } from 'werift';

/** More than the records of any handshake, with all its resends. */
const SKIPPED = 1024;

/** Numbers application data from where no handshake record can have been. To be called before it connects. */
export function skipHandshakeRecords(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    const socket = transport.dtls as unknown as { dtls: { recordSequenceNumber: number } } | undefined;
    if (state === 'connected' && socket) socket.dtls.recordSequenceNumber += SKIPPED;
  });
}

/** RFC 6347 §4.1: type, version, epoch, sequence number, length. */
const RECORD_HEADER_BYTES = 13;
const ALERT = 21;
const HANDSHAKE = 22;
const CHANGE_CIPHER_SPEC = 20;
const APPLICATION_DATA = 23;
/** What werift takes for the description of an unencrypted alert (RFC 5246 §7.2), whatever the epoch. */
const READ_AS_PLAIN_ALERT = new Set([
  0, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 90, 100, 110,
]);

/**
 * werift 0.25 ends the connection at any record of an unknown type, and at alerts that nobody has signed: one
 * forged datagram would do. Once connected, such records are dropped (RFC 6347 §4.1.2.7).
 */
export function dropForgedRecords(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    const socket = socketOf(transport);
    if (state !== 'connected' || !socket) return;
    const { onData } = socket;
    socket.onData = (data) => {
      for (const record of recordsOf(data)) if (!isForged(record)) onData(record);
    };
  });
}

/** Where werift takes datagrams in, once there is a DTLS connection. */
function socketOf(transport: RTCDtlsTransport): { onData: (data: Buffer) => void } | undefined {
  const dtls = transport.dtls as unknown as
    | { transport: { socket: { onData: (data: Buffer) => void } } }
    | undefined;
  return dtls?.transport.socket;
}

/** The whole records of a datagram. */
export function recordsOf(datagram: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length; ) {
    const end = at + RECORD_HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (end > datagram.length) break;
    records.push(datagram.subarray(at, end));
    at = end;
  }
  return records;
}

function isForged(record: Buffer): boolean {
  const encrypted = record.readUInt16BE(3) > 0;
  switch (record[0]) {
    case CHANGE_CIPHER_SPEC:
    case HANDSHAKE:
      return false;
    case APPLICATION_DATA:
      return !encrypted;
    case ALERT:
      return (
        !encrypted ||
        record.length < RECORD_HEADER_BYTES + 2 ||
        READ_AS_PLAIN_ALERT.has(record[RECORD_HEADER_BYTES + 1])
      );
    default:
      return true;
  }
}

/** More than the records of one flight. */
const RENUMBERED_BY = 64;

/** A handshake record before it was encrypted, as werift has it. */
interface PlainRecord {
  recordLayerHeader: { contentType: number; epoch: number; sequenceNumber: number; contentLen: number };
  fragment: Buffer;
  serialize(): Buffer;
}

/**
 * werift 0.25 sends a lost flight of its handshake again under the same record numbers. What of it had arrived is
 * then dropped as a replay (RFC 6347 §4.2.4 asks for new numbers), so that where the peer's last message is lost
 * the peer never learns of it and the handshake hangs for good: at 10 % loss every fifth connection. To be called
 * before it connects.
 */
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
  return data[0] === HANDSHAKE || data[0] === CHANGE_CIPHER_SPEC;
}

/**
 * Where the peer's last message is lost, its first data comes before it. werift would take it, and then wait for
 * ever for a data transport that is there already; the peer sends it again.
 */
function dropEarlyData(transport: RTCDtlsTransport): void {
  const socket = socketOf(transport);
  if (!socket) return;
  const { onData } = socket;
  socket.onData = (data) => {
    if (transport.state === 'connected') onData(data);
    else for (const record of recordsOf(data)) if (record[0] !== APPLICATION_DATA) onData(record);
  };
}

/** Keeps the plain text of encrypted handshake messages: another number needs another encryption. */
function rememberEncrypted(
  transport: RTCDtlsTransport,
  finished: WeakMap<Buffer, (attempt: number) => Buffer>,
): void {
  const { cipher } = transport.dtls as unknown as {
    cipher: { encryptPacket: (record: PlainRecord) => PlainRecord };
  };
  const encrypt = cipher.encryptPacket.bind(cipher);
  cipher.encryptPacket = (record) => {
    const { recordLayerHeader: header, fragment } = record;
    const { sequenceNumber } = header;
    if (header.contentType !== HANDSHAKE) return encrypt(record);
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
