/**
 * werift 0.25 sends a lost flight of its handshake again under the record numbers of the first time. What of it had
 * arrived is then dropped as a replay (RFC 6347 §4.2.4 asks for new numbers), so that where the peer's last message is
 * lost the peer never learns of it: at 10 % loss every fifth connection hangs for good. And its first application data
 * has the number of its Finished message: dropped as a replay too, and AES-GCM must never see a nonce twice (RFC 5288
 * §3).
 */
import type { RTCDtlsTransport } from 'werift';
import { RECORD, recordsOf, whenConnecting } from './dtls-records.ts';
import { inside } from './inside.ts';

/** A record before it was encrypted, as werift has it; encrypting changes it. */
interface PlainRecord {
  recordLayerHeader: { contentType: number; sequenceNumber: number };
  fragment: Buffer;
  serialize(): Buffer;
}
type Encrypt = (record: PlainRecord) => PlainRecord;

/**
 * Gives each record of a handshake the next number whenever it goes out: none is sent twice, and none is so far behind
 * that it counts as old (RFC 6347 §4.1.2.6). To be called before it connects.
 */
export function numberRecords(transport: RTCDtlsTransport): void {
  const { connection } = transport.iceTransport;
  const send = connection.send.bind(connection);
  const encrypted = new WeakMap<Buffer, () => Buffer>();
  let next = 0;
  connection.send = (data) => {
    if (!isHandshake(data)) return send(data);
    const encryptAnew = encrypted.get(data);
    if (encryptAnew) return send(encryptAnew());
    const copies = recordsOf(Buffer.from(data));
    for (const record of copies) record.writeUIntBE(next++, 5, 6);
    return send(Buffer.concat(copies));
  };
  whenConnecting(transport, () => rememberEncrypted(transport, encrypted));
}

function isHandshake(data: Buffer): boolean {
  return data[0] === RECORD.handshake || data[0] === RECORD.changeCipherSpec;
}

/** Keeps the plain text of encrypted handshake messages: another number needs another encryption. */
function rememberEncrypted(transport: RTCDtlsTransport, encrypted: WeakMap<Buffer, () => Buffer>): void {
  const { cipher, dtls } = inside<{ cipher: object; dtls: object }>(transport.dtls, 'DtlsSocket', {
    cipher: 'object',
    dtls: 'object',
  });
  const context = inside<{ recordSequenceNumber: number }>(dtls, 'DtlsContext', {
    recordSequenceNumber: 'number',
  });
  const encryption = inside<{ encryptPacket: Encrypt }>(cipher, 'CipherContext', {
    encryptPacket: 'function',
  });
  const encrypt = encryption.encryptPacket.bind(encryption);
  encryption.encryptPacket = (record) => {
    const { recordLayerHeader: header, fragment } = record;
    if (header.contentType !== RECORD.handshake) return encrypt(record);
    const serialize = record.serialize.bind(record);
    record.serialize = () => {
      const data = serialize();
      encrypted.set(data, () => {
        // werift has set it to 0 for the new keys, and counts application data on from here.
        header.sequenceNumber = ++context.recordSequenceNumber;
        record.fragment = fragment;
        encrypt(record);
        return serialize();
      });
      return data;
    };
    return encrypt(record);
  };
}
