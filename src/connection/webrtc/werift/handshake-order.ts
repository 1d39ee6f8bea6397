/**
 * werift 0.25 acts on each message of a DTLS handshake as it comes: twice on one that comes twice, early on one that
 * overtook others. A second HelloVerifyRequest, which any server sends that was slow to answer the first ClientHello,
 * fails a client; a flight that comes again has a server derive other keys, from what it has heard since; a part of a
 * message that is missing is read as zeros; another certificate takes the place of the one that was proven.
 */
import type { RTCDtlsTransport } from 'werift';
import { HANDSHAKE, RECORD, recordsOf, socketOf, whenConnecting } from './dtls-records.ts';
import { inside } from './inside.ts';

/** What each side says, in its order (RFC 5246 §7.3, RFC 6347 §4.2.4); some of it may be left out. */
const SAID_BY = Object.freeze({
  server: [
    HANDSHAKE.helloVerifyRequest,
    HANDSHAKE.serverHello,
    HANDSHAKE.certificate,
    HANDSHAKE.serverKeyExchange,
    HANDSHAKE.certificateRequest,
    HANDSHAKE.serverHelloDone,
    HANDSHAKE.finished,
  ],
  client: [
    HANDSHAKE.clientHello,
    HANDSHAKE.clientHello,
    HANDSHAKE.certificate,
    HANDSHAKE.clientKeyExchange,
    HANDSHAKE.certificateVerify,
    HANDSHAKE.finished,
  ],
} as const);
/** They end a flight: where they come again, the answer was lost. */
const ASKING: readonly number[] = [HANDSHAKE.clientHello, HANDSHAKE.serverHelloDone, HANDSHAKE.finished];
/** More than the longest flight. */
const MOST_AHEAD = 8;
/** Of one message; a certificate of 60 kB has as many. */
const MOST_PARTS = 64;

/** A message, or a part of one (RFC 6347 §4.2.2), as werift has it. */
export interface HandshakePart {
  msg_type: number;
  length: number;
  message_seq: number;
  fragment_offset: number;
  fragment_length: number;
  fragment: Buffer;
}
interface Handshakes {
  handleFragmentHandshake(parts: HandshakePart[]): HandshakePart[];
  onHandleHandshakes(messages: HandshakePart[]): Promise<void>;
}

/** Lets werift see each message once, whole, and in its turn. To be called before it connects. */
export function orderHandshake(transport: RTCDtlsTransport): void {
  whenConnecting(transport, () => {
    const order = new HandshakeOrder(transport.role === 'client' ? 'server' : 'client');
    const socket = inside<Handshakes>(transport.dtls, 'DtlsSocket', {
      handleFragmentHandshake: 'function',
      onHandleHandshakes: 'function',
    });
    socket.handleFragmentHandshake = (parts) => parts.flatMap((part) => order.take(part));
    const handle = socket.onHandleHandshakes.bind(socket);
    // werift sorts them by their types.
    socket.onHandleHandshakes = (messages) =>
      handle(messages.toSorted((one, other) => one.message_seq - other.message_seq));
    dropEarlyData(transport);
  });
}

/** RFC 6347 §4.2.2: messages in the order of their numbers, which begin with 0. */
export class HandshakeOrder {
  readonly #order: readonly number[];
  readonly #waiting = new Map<number, HandshakePart[]>();
  #place = 0;
  #next = 0;

  constructor(speaker: 'client' | 'server') {
    this.#order = SAID_BY[speaker];
  }

  /** @returns messages whose turn it is with this part; the last one again where the peer waits for its answer */
  take(part: HandshakePart): HandshakePart[] {
    const { message_seq: number, msg_type: type } = part;
    if (number < this.#next) return number === this.#next - 1 && ASKING.includes(type) ? whole([part]) : [];
    if (number >= this.#next + MOST_AHEAD) return [];
    const parts = this.#waiting.get(number) ?? [];
    if (parts.length === MOST_PARTS || parts.some((other) => other.msg_type !== type)) parts.length = 0;
    this.#waiting.set(number, [...parts, part]);
    const ready: HandshakePart[] = [];
    for (let one = this.#following(); one; one = this.#following()) ready.push(one);
    return ready;
  }

  #following(): HandshakePart | undefined {
    const [message] = whole(this.#waiting.get(this.#next) ?? []);
    if (!message) return undefined;
    this.#waiting.delete(this.#next);
    const place = this.#order.indexOf(message.msg_type, this.#place);
    if (place < 0) return undefined;
    this.#place = place + 1;
    this.#next++;
    return message;
  }
}

/** RFC 6347 §4.2.3: parts may overlap, and come in any order. None, where one is missing. */
function whole(parts: readonly HandshakePart[]): HandshakePart[] {
  if (parts.length === 0) return [];
  const { length } = parts[0];
  const sorted = parts.toSorted((one, other) => one.fragment_offset - other.fragment_offset);
  let end = 0;
  for (const { fragment_offset: offset, fragment } of sorted) {
    if (offset > end) return [];
    end = Math.max(end, offset + fragment.length);
  }
  if (end !== length) return [];
  const bytes = Buffer.alloc(length);
  for (const { fragment_offset: offset, fragment } of sorted) fragment.copy(bytes, offset);
  return [{ ...parts[0], fragment_offset: 0, fragment_length: length, fragment: bytes }];
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
