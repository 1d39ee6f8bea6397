import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { ERRORS } from '../../../src/contract/error-codes.ts';
import { parseServerMessage, serializeClientMessage } from '../../../src/contract/wire.ts';
import type { FuzzedServer } from '../fuzzed-server.ts';
import { serverTarget } from '../target.ts';
import { clientMessage, wireBytes } from '../wire-inputs.ts';

/** `message`: a binary message; `text`: a text one; `raw`: bytes on the socket itself, in place of a frame. */
interface Sent {
  as: 'message' | 'text' | 'raw';
  bytes: Uint8Array;
}

/** After so long a client that gets no answer has been forgotten. */
const MOST_WAITING_MS = 10_000;
/** Status codes of RFC 6455 §7.4.1 that say what was wrong with a frame or a message. */
const PROTOCOL_CODES = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009];

const framesAs = (as: Sent['as'], bytes: fc.Arbitrary<Uint8Array>) =>
  bytes.map((one): Sent => ({ as, bytes: one }));
/** A client's frame (RFC 6455 §5.2) with any opcode and flags, whose length may not be true. */
const frame = fc
  .tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 200 }))
  .map(([first, second, rest]) => Uint8Array.from([first, second, ...rest]));

const inputs = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: framesAs('message', clientMessage.map(serializeClientMessage)) },
    { weight: 8, arbitrary: framesAs('message', wireBytes) },
    { weight: 1, arbitrary: framesAs('text', fc.uint8Array({ maxLength: 50 })) },
    { weight: 1, arbitrary: framesAs('raw', frame) },
  ),
  { maxLength: 30 },
);

/** A client that says what it likes, in any order: it is told codes of the catalogue, or closed with one. */
export const websocket = serverTarget<Sent[]>({
  name: 'websocket',
  runsInSuite: 25,
  async open(server) {
    return { inputs, attempt: (sent) => converse(server, sent) };
  },
});

async function converse(server: FuzzedServer, sent: Sent[]): Promise<void> {
  const session = await server.openSession();
  try {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sessions/${session.id}/stream`);
    let wrong: string | undefined;
    let answered = false;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const message = parseServerMessage(data);
      if (message.type === 'pong' && message.id === LAST_PING) answered = true;
      if (message.type === 'error' && !isFaultOfClient(message.code))
        wrong = `told ${message.code}: ${message.message}`;
    });
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    const refused = new Promise<number | undefined>((resolve) =>
      socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
    );
    const status = await Promise.race([once(socket, 'open').then(() => undefined), refused]);
    if (status !== undefined) {
      // Who was sent away for its messages has to wait for its next socket.
      if (status !== TOO_MANY) throw new Error(`the socket is refused with ${status}`);
      await sleep(1000);
      return;
    }
    for (const { as, bytes } of sent) {
      if (socket.readyState !== WebSocket.OPEN) break;
      if (as === 'raw') (socket as unknown as { _socket: Socket })._socket.write(bytes);
      else socket.send(as === 'text' ? Buffer.from(bytes).toString('latin1') : bytes);
    }
    socket.send(serializeClientMessage({ type: 'ping', id: LAST_PING }), () => {});
    // A frame whose end never comes swallows the ping.
    const mayBeSwallowed = sent.some(({ as }) => as === 'raw');
    const end = await Promise.race([closed, waitFor(() => answered, mayBeSwallowed ? 100 : MOST_WAITING_MS)]);
    if (end) {
      const [code, reason] = end;
      if (!PROTOCOL_CODES.includes(code) && !isFaultOfClient(String(reason).split(':')[0]))
        wrong ??= `closed with ${code} ${reason}`;
    } else if (!answered && !mayBeSwallowed) wrong ??= 'a ping was not answered';
    socket.terminate();
    if (wrong) throw new Error(wrong);
  } finally {
    await session.close().catch(() => {});
  }
}

const LAST_PING = 0x5eed;
/** RFC 6585 §4 */
const TOO_MANY = 429;

function isFaultOfClient(code: string): boolean {
  return code in ERRORS && ERRORS[code as keyof typeof ERRORS].status < 500;
}

/** Until then, at most so long. */
async function waitFor(condition: () => boolean, mostMs: number): Promise<undefined> {
  for (const start = performance.now(); !condition() && performance.now() - start < mostMs; ) await sleep(5);
}
