/**
 * werift 0.25 believes its peer: one SCTP packet with a wrong checksum, an unknown chunk or a short body rejects a
 * promise that nobody awaits, which ends the process; a chunk or parameter of length 0 is read for ever; a SACK of
 * wide gap blocks is worked through number by number; a data channel that is opened before there is an association
 * ends the process once there is one. So nothing comes to it that has not been looked at.
 */
import type { RTCSctpTransport } from 'werift';
import { inside } from './inside.ts';
import { CHUNK, readChunks, type SctpChunk, withChunks } from './sctp-packet.ts';

/** A page opens one channel, a curious one a few more: each stream that is used costs memory. */
const MOST_STREAMS = 64;
/** Out of order, the numbers of a full window (1 MiB) of usual packets; werift sorts them at each packet. */
const MOST_OUT_OF_ORDER = 1024;

/** What is needed of werift's association, which does not show it. */
interface Association {
  transport: { onData: (data: Buffer) => void };
  handleData(data: Buffer): Promise<void>;
  onReceive: { allUnsubscribe(): void; subscribe(listener: (...message: Message) => void): unknown };
  state: string;
  lastReceivedTsn: number | undefined;
  lastSackedTsn: number;
  localTsn: number;
  advertisedRwnd: number;
  _inboundStreamsMax: number;
}
type Message = [streamId: number, protocol: number, data: Buffer];

/**
 * To be called once the remote description is set.
 * @param onFault what passed the checks made werift throw: the peer is to be given up
 */
export function guardSctp(transport: RTCSctpTransport, onFault: (cause: unknown) => void): void {
  const association = inside<Association>(transport.sctp, 'SCTP', {
    transport: 'object',
    handleData: 'function',
    onReceive: 'object',
    state: 'string',
    lastReceivedTsn: 'any',
    lastSackedTsn: 'number',
    localTsn: 'number',
    advertisedRwnd: 'number',
    _inboundStreamsMax: 'number',
  });
  association._inboundStreamsMax = MOST_STREAMS;
  association.transport.onData = (packet) => {
    receive(packet, association).catch(onFault);
  };
  const { datachannelReceive } = inside<{ datachannelReceive: (...message: Message) => Promise<void> }>(
    transport,
    'RTCSctpTransport',
    { datachannelReceive: 'function' },
  );
  association.onReceive.allUnsubscribe();
  association.onReceive.subscribe((...message) => {
    datachannelReceive(...message).catch(onFault);
  });
}

/** What is bundled with the end of the handshake (RFC 9260 §5.1) is looked at once that has been processed. */
async function receive(packet: Buffer, association: Association): Promise<void> {
  const chunks = readChunks(packet) ?? [];
  const end = chunks.findIndex(({ type }) => type === CHUNK.cookieEcho || type === CHUNK.cookieAck) + 1;
  for (const part of [chunks.slice(0, end), chunks.slice(end)]) {
    const accepted = part.filter((chunk) => isPlausible(chunk, association));
    if (accepted.length > 0) await association.handleData(withChunks(packet, accepted));
  }
}

/** Whether a whole chunk fits what the association has come to. */
function isPlausible({ type, body }: SctpChunk, association: Association): boolean {
  switch (type) {
    case CHUNK.init:
      // A restart (RFC 9260 §5.2) is nothing that browsers do; it would only mix up what is under way.
      return association.state !== 'connected';
    case CHUNK.data:
      return isWanted(body, association);
    case CHUNK.sack:
      return isOfSent(body, association);
    case CHUNK.forwardTsn:
      return (
        body.length % 4 === 0 &&
        body.length / 4 <= MOST_STREAMS + 1 &&
        isNear(body.readUInt32BE(0), association)
      );
    default:
      return true;
  }
}

/** Data of an association, within what was announced: of few streams, not far ahead, and no more of it than the window has room for. */
function isWanted(body: Buffer, association: Association): boolean {
  return (
    association.state === 'connected' &&
    body.readUInt16BE(4) < MOST_STREAMS &&
    body.length <= association.advertisedRwnd &&
    isNear(body.readUInt32BE(0), association)
  );
}

/** Whether a number is not far ahead of those that have come; werift ignores those that lie behind. */
function isNear(tsn: number, { lastReceivedTsn }: Association): boolean {
  if (lastReceivedTsn === undefined) return false;
  const ahead = (tsn - lastReceivedTsn) >>> 0;
  return ahead <= MOST_OUT_OF_ORDER || isBehind(ahead);
}

/** Serial number arithmetic (RFC 1982) on differences modulo 2³². */
function isBehind(difference: number): boolean {
  return difference >= 0x8000_0000;
}

/** An acknowledgement of what was sent, and of no more. */
function isOfSent(body: Buffer, { lastSackedTsn, localTsn }: Association): boolean {
  const unacknowledged = (localTsn - 1 - lastSackedTsn) >>> 0;
  const cumulative = (body.readUInt32BE(0) - lastSackedTsn) >>> 0;
  const [gaps, duplicates] = [body.readUInt16BE(8), body.readUInt16BE(10)];
  if (body.length < 12 + 4 * (gaps + duplicates)) return false;
  // An old one is ignored by werift.
  if (isBehind(cumulative)) return true;
  if (cumulative > unacknowledged) return false;
  const most = unacknowledged - cumulative;
  let before = 0;
  for (let i = 0; i < gaps; i++) {
    const [start, end] = [body.readUInt16BE(12 + 4 * i), body.readUInt16BE(14 + 4 * i)];
    if (start <= before || end < start || end > most) return false;
    before = end;
  }
  return true;
}
