/** DTLS records (RFC 6347 §4.1) as far as the patches look at them. */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

/** Type, version, epoch, sequence number, length. */
export const RECORD_HEADER_BYTES = 13;

export const RECORD = Object.freeze({
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
});

/** Types of handshake messages (RFC 5246 §7.4, RFC 6347 §4.3.2). */
export const HANDSHAKE = Object.freeze({
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
});

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

/** Of its number, which begins anew with each change of keys; in epoch 0 nothing is encrypted. */
export function epochOf(record: Buffer): number {
  return record.readUInt16BE(3);
}

/** Where werift takes datagrams in, once there is a DTLS connection. */
export function socketOf(transport: RTCDtlsTransport): { onData: (data: Buffer) => void } {
  const dtls = inside<{ transport: object }>(transport.dtls, 'DtlsSocket', { transport: 'object' });
  const { socket } = inside<{ socket: object }>(dtls.transport, 'TransportContext', { socket: 'object' });
  return inside<{ onData: (data: Buffer) => void }>(socket, 'IceTransport', { onData: 'function' });
}

/** Acts when werift has made its DTLS connection and has neither sent nor heard anything. */
export function whenConnecting(transport: RTCDtlsTransport, act: () => void): void {
  // It makes it in the moment after it has told of it.
  transport.onStateChange.subscribe((state) => state === 'connecting' && queueMicrotask(act));
}
