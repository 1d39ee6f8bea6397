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
    const socket = (
      transport.dtls as unknown as { transport: { socket: { onData: (data: Buffer) => void } } } | undefined
    )?.transport.socket;
    if (state !== 'connected' || !socket) return;
    const { onData } = socket;
    socket.onData = (data) => {
      for (const record of recordsOf(data)) if (!isForged(record)) onData(record);
    };
  });
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
