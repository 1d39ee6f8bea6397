import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { DialPolicy } from '../../src/connection/dial-policy.ts';
import { WebRtcConnection } from '../../src/connection/webrtc/webrtc-connection.ts';
import { WebSocketConnection } from '../../src/connection/websocket/websocket-connection.ts';
import { WhipPush } from '../../src/connection/whip/push/whip-push.ts';
import {
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
  WIRE_VERSION,
} from '../../src/contract/wire.ts';
import type { SessionApi } from '../../src/session/session-api.ts';
import { offerOfWerift } from '../support/werift-peer.ts';
import { WhipEndpoint } from '../support/whip-endpoint.ts';
import { describeConnection, type Peer } from './conformance.ts';

/** werift says no goodbye: what ends then is the patience with a peer that is silent. */
const SILENCE_MS = 4000;

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => server.close());

const count = (messages: readonly ServerMessage[], kind: string) =>
  messages.filter(({ type }) => type === kind).length;
const errorCodes = (messages: readonly ServerMessage[]) =>
  messages.flatMap((message) => (message.type === 'error' ? [message.code] : []));

describeConnection('websocket', async (session) => {
  const accepted = once(server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const messages: ServerMessage[] = [];
  const codes: string[] = [];
  client.on('error', () => {});
  client.on('message', (data) => messages.push(parseServerMessage(data as Buffer)));
  client.on('close', (_, reason) => codes.push(reason.toString().split(':')[0]));
  const connection = new WebSocketConnection((await accepted)[0] as WebSocket);
  connection.attach(session);
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  const outputs = { video: true, voice: true };
  client.send(serializeClientMessage({ type: 'hello', version: WIRE_VERSION, outputs }));
  return {
    connection,
    received: () => ({ video: count(messages, 'video'), voice: count(messages, 'voice') }),
    told: () => [...codes, ...errorCodes(messages)],
    leave: () => client.terminate(),
  };
});

describeConnection('webrtc', async (session) => {
  const { peer, channel, audio, video, sdp } = await offerOfWerift();
  const messages: ServerMessage[] = [];
  const received = { video: 0, voice: 0 };
  channel.onMessage.subscribe((data) => messages.push(parseServerMessage(data as Buffer)));
  const { connection, answerSdp } = await WebRtcConnection.accept(session, sdp, {
    voiceInput: 'speak',
    timeoutMs: SILENCE_MS,
  });
  connection.attach(session);
  const connected = new Promise<void>((resolve) => connection.once('connected', resolve));
  await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  await connected;
  video.receiver.track.onReceiveRtp.subscribe(() => received.video++);
  audio.receiver.track.onReceiveRtp.subscribe(() => received.voice++);
  const ready = Promise.withResolvers<void>();
  const timer = setInterval(() => count(messages, 'ready') > 0 && ready.resolve(), 10);
  await ready.promise;
  clearInterval(timer);
  return {
    connection,
    received: () => received,
    told: () => errorCodes(messages),
    leave: () => peer.close(),
  };
});

const push = async (session: SessionApi): Promise<Peer> => {
  const endpoint = await WhipEndpoint.start();
  const policy = new DialPolicy(['127.0.0.1']);
  const patienceMs = { first: 30_000, lost: 0 };
  const connection = new WhipPush({ url: endpoint.url }, { policy, timeoutMs: SILENCE_MS, patienceMs });
  connection.attach(session);
  await once(connection, 'live');
  return {
    connection,
    received: () => ({ video: endpoint.received.video, voice: endpoint.received.audio }),
    leave: () => endpoint.close(),
  };
};
describeConnection('whip-push', push, { hearsSpeech: false });
