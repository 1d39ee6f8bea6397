import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import {
  MAX_MESSAGE_BYTES,
  WebSocketConnection,
} from '../../src/connection/websocket/websocket-connection.ts';
import {
  type ClientMessageInput,
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
  WIRE_VERSION,
} from '../../src/contract/wire.ts';
import type { SessionApi } from '../../src/session/session-api.ts';

/** A connection of a session, and the client at its other end. */
export async function openWebSocket(
  session: SessionApi,
  options?: ConstructorParameters<typeof WebSocketConnection>[1],
) {
  const received: ServerMessage[] = [];
  const ended = { times: 0 };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: MAX_MESSAGE_BYTES });
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  client.on('message', (data) => received.push(parseServerMessage(data as Buffer)));
  const [socket] = (await accepted) as [WebSocket];
  const connection = new WebSocketConnection(socket, options);
  connection.once('closed', () => ended.times++);
  connection.attach(session);
  await (client.readyState === WebSocket.OPEN ? undefined : once(client, 'open'));
  const send = (message: ClientMessageInput) => client.send(serializeClientMessage(message));
  return {
    connection,
    client,
    received,
    ended,
    send,
    /** With voice at 48 kHz. */
    async hello() {
      send({
        type: 'hello',
        version: WIRE_VERSION,
        audio: { encoding: 's16le', sampleRateHz: 48000 },
        outputs: { video: true, voice: true },
      });
      while (!received.some(({ type }) => type === 'ready')) await once(client, 'message');
    },
    /** What the server closes with. */
    async closed() {
      const [code, reason] = (await once(client, 'close')) as [number, Buffer];
      return { code, reason: reason.toString() };
    },
    stop() {
      client.terminate();
      for (const other of server.clients) other.terminate();
      server.close();
    },
  };
}
