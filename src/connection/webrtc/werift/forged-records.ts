/**
 * werift 0.25 ends the connection at any DTLS record of an unknown type, and at alerts that nobody has signed; as the
 * server of a handshake it begins a new one whenever a ClientHello comes, and it keeps parts of handshake messages for
 * a rest that never comes: one forged datagram ends a connection, many fill the memory.
 */
import type { RTCDtlsTransport } from 'werift';
import { epochOf, RECORD, RECORD_HEADER_BYTES, recordsOf, socketOf, whenConnecting } from './dtls-records.ts';

/** What werift takes for the description of an unencrypted alert (RFC 5246 §7.2), whatever the epoch. */
const READ_AS_PLAIN_ALERT = new Set([
  0, 10, 20, 21, 22, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 60, 70, 71, 80, 90, 100, 110,
]);
/** A peer that has not got our last message sends its own again, ten times at most. */
const MOST_LATE_HANDSHAKES = 32;
/** Certificates of some kilobytes, each sent again some ten times. */
const MOST_HANDSHAKE_BYTES = 2 ** 18;

/**
 * Drops what cannot be of the peer (RFC 6347 §4.1.2.7), and handshakes beyond what one takes. To be called before it
 * connects.
 */
export function dropForgedRecords(transport: RTCDtlsTransport): void {
  let handshakeBytes = 0;
  let lateHandshakes = 0;
  const isWanted = (record: Buffer): boolean => {
    // What goes wrong in a handshake is told without encryption.
    if (record[0] === RECORD.alert && transport.state !== 'connected') return true;
    if (record[0] !== RECORD.handshake) return !isForged(record);
    handshakeBytes += record.length;
    if (transport.state !== 'connected') return handshakeBytes <= MOST_HANDSHAKE_BYTES;
    // A client's handshake is over; a server may be asked for its last message once more, with an encrypted one.
    if (transport.role === 'client' || epochOf(record) === 0) return false;
    lateHandshakes++;
    return lateHandshakes <= MOST_LATE_HANDSHAKES;
  };
  whenConnecting(transport, () => {
    const socket = socketOf(transport);
    const { onData } = socket;
    socket.onData = (data) => {
      for (const record of recordsOf(data)) if (isWanted(record)) onData(record);
    };
  });
}

function isForged(record: Buffer): boolean {
  const encrypted = epochOf(record) > 0;
  switch (record[0]) {
    case RECORD.changeCipherSpec:
      return false;
    case RECORD.applicationData:
      return !encrypted;
    case RECORD.alert:
      return (
        !encrypted ||
        record.length < RECORD_HEADER_BYTES + 2 ||
        READ_AS_PLAIN_ALERT.has(record[RECORD_HEADER_BYTES + 1])
      );
    default:
      return true;
  }
}
