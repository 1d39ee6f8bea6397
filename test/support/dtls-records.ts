/** DTLS records (RFC 6347 §4.1) on their way between peers of werift. */
import type { RTCDtlsTransport } from 'werift';
import { epochOf, RECORD, recordsOf } from '../../src/connection/webrtc/werift/dtls-records.ts';

/** One that is not encrypted, whatever its epoch says. */
export function dtlsRecord(type: number, epoch: number, body: Buffer): Buffer {
  const head = Buffer.from([
    type,
    254,
    253,
    0,
    epoch,
    0,
    0,
    0,
    0,
    0,
    99,
    body.length >> 8,
    body.length & 0xff,
  ]);
  return Buffer.concat([head, body]);
}

/** What a record says in plain text in a handshake (RFC 6347 §4.2.2). */
export function messageOf(record: Buffer): { type: number; number: number } | undefined {
  if (record[0] !== RECORD.handshake || epochOf(record) > 0) return undefined;
  return { type: record[13], number: record.readUInt16BE(17) };
}

/** The one message that is encrypted. */
export function isFinished(record: Buffer): boolean {
  return record[0] === RECORD.handshake && epochOf(record) === 1;
}

/** Each record that goes out is replaced by those of `replace`, each in a datagram of its own. */
export function onItsWay(transport: RTCDtlsTransport, replace: (record: Buffer) => Buffer[]): void {
  const { connection } = transport.iceTransport;
  const send = connection.send.bind(connection);
  connection.send = async (data) => {
    if (data[0] < RECORD.changeCipherSpec || data[0] > 63) await send(data);
    else await Promise.all(recordsOf(data).flatMap(replace).map(send));
  };
}

/** Loses the first record of which that is so. */
export function firstLost(isLost: (record: Buffer) => boolean): (record: Buffer) => Buffer[] {
  let lost = false;
  return (record) => {
    if (lost || !isLost(record)) return [record];
    lost = true;
    return [];
  };
}
