import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RTCPeerConnection, useH264, useOPUS } from 'werift';
import { WebSocket } from 'ws';
import { ERRORS } from '../../src/contract/error-codes.ts';
import {
  CONTROL_CHANNEL,
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
} from '../../src/contract/wire.ts';
import { Garbage } from '../support/garbage.ts';
import { Neighbour } from '../support/neighbour.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** The start analyses the gallery, on a machine that may be busy. */
const SLOW_MS = 180_000;
const fixtures = JSON.parse(
  readFileSync(new URL('../contract/wire-fixtures.json', import.meta.url), 'utf8'),
  (_, value) =>
    typeof value?.$bytes === 'string' ? Uint8Array.from(Buffer.from(value.$bytes, 'hex')) : value,
) as { client: object[]; clientInvalid: { message: unknown }[] };
const VALID = fixtures.client.map((message) => new Uint8Array(pack(message)));
const INVALID = fixtures.clientInvalid.map(({ message }) => new Uint8Array(pack(message)));

let server: TestServer;
let voice: Float32Array;
let neighbour: Neighbour;

beforeAll(async () => {
  // A session on a worker of its own is always taken, also where the machine is busy.
  server = await startTestServer({ workers: 2 });
  voice = await sampleVoice(1);
  neighbour = await Neighbour.open(server);
}, SLOW_MS);
afterAll(() => server.close());

async function victim() {
  const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
  return { session, path: `/v1/sessions/${session.id}` };
}

const codes = Object.keys(ERRORS);
const expectCoded = (messages: readonly ServerMessage[]) => {
  for (const message of messages) {
    if (message.type !== 'error') continue;
    expect(codes).toContain(message.code);
    expect(message.code).not.toBe('internal');
  }
};

describe('garbage', () => {
  it('in HTTP requests is answered with problems that have codes', { timeout: SLOW_MS }, async () => {
    const garbage = new Garbage(1);
    const { session } = await victim();
    const paths = [
      '/v1/sessions',
      `/v1/sessions/${session.id}/webrtc`,
      '/v1/sessions/nobody/webrtc',
      '/v1/avatars',
      '/v1/avatars?face=x',
      `/v1/avatars/${'%'.repeat(30)}`,
      '/v1/sessions/%00',
      '/v1//sessions/../..',
    ];
    const types = [
      'application/json',
      'image/png',
      'text/plain',
      'application/x-www-form-urlencoded',
      '\u00e4',
    ];
    const seen = new Set<string>();
    for (let i = 0; i < 120; i++) {
      const path = garbage.one(paths);
      const body = garbage.one([
        () => garbage.bytes(3000),
        () => JSON.stringify(garbage.json()),
        () => garbage.damaged(Buffer.from(JSON.stringify({ avatarId: 'x', size: 512 }))),
        () => '['.repeat(50_000),
        () => JSON.stringify({ type: 'offer', sdp: Buffer.from(garbage.bytes(500)).toString('latin1') }),
        () =>
          JSON.stringify({
            type: 'offer',
            sdp: 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'.repeat(garbage.below(5)),
          }),
      ])();
      const response = await fetch(server.url + path, {
        method: garbage.one(['POST', 'POST', 'POST', 'PUT', 'PATCH']),
        headers: { 'content-type': garbage.one(types) },
        body: typeof body === 'string' ? body : new Blob([body]),
      });
      const { status } = response;
      const text = await response.text();
      expect(status, `${path} ${String(body).slice(0, 100)} ${text}`).toBeGreaterThanOrEqual(400);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      const { code } = JSON.parse(text);
      expect(codes).toContain(code);
      expect(code, `${path} ${String(body).slice(0, 200)}`).not.toBe('internal');
      expect(status).toBe(ERRORS[code as keyof typeof ERRORS].status);
      seen.add(code);
    }
    expect(seen.size).toBeGreaterThanOrEqual(4);
    await session.close();
    await neighbour.expectUnharmed(voice);
  });

  it('on the port itself ends that socket alone', { timeout: SLOW_MS }, async () => {
    const garbage = new Garbage(2);
    const port = Number(new URL(server.url).port);
    const { session, path } = await victim();
    const request = `GET ${path}/stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
    for (let i = 0; i < 40; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      // Not HTTP, HTTP that was damaged, or frames that are not WebSocket after a proper handshake.
      if (i % 3 === 0) socket.write(garbage.bytes(400));
      else if (i % 3 === 1) socket.write(garbage.damaged(Buffer.from(request)));
      else socket.write(Buffer.concat([Buffer.from(request), garbage.bytes(400)]));
      await Promise.race([once(socket, 'close'), sleep(30)]);
      socket.destroy();
    }
    // The session whose address was used can still be connected to.
    const live = await session.connectWebSocket();
    expect(await live.ping()).toBeGreaterThanOrEqual(0);
    live.close();
    await session.close();
    await neighbour.expectUnharmed(voice);
  });

  it('in WebSocket messages is answered with coded errors, until the peer is sent away for it', {
    timeout: SLOW_MS,
  }, async () => {
    const garbage = new Garbage(3);
    const messages: ServerMessage[] = [];
    for (let round = 0; round < 4; round++) {
      const { session, path } = await victim();
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}/stream`);
      socket.on('message', (data: Buffer) => messages.push(parseServerMessage(data)));
      const end = once(socket, 'close');
      await once(socket, 'open');
      for (let i = 0; i < 50; i++) socket.send(anyMessage(garbage));
      expect((await end)[0]).toBe(1008);
      await session.close();
    }
    expect(messages.filter(({ type }) => type === 'error').length).toBeGreaterThan(4 * 15);
    expectCoded(messages);
    await neighbour.expectUnharmed(voice);
  });

  it('on the data channel and the UDP port of WebRTC changes nothing', { timeout: SLOW_MS }, async () => {
    const garbage = new Garbage(4);
    const { session, path } = await victim();
    const peer = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      codecs: {
        video: [useH264({ parameters: 'packetization-mode=1;profile-level-id=42001f' })],
        audio: [useOPUS()],
      },
    });
    const messages: ServerMessage[] = [];
    try {
      const channel = peer.createDataChannel(CONTROL_CHANNEL);
      peer.addTransceiver('audio', { direction: 'sendrecv' });
      peer.addTransceiver('video', { direction: 'recvonly' });
      channel.onMessage.subscribe((data) => messages.push(parseServerMessage(data as Buffer)));
      await peer.setLocalDescription(await peer.createOffer());
      const response = await fetch(`${server.url}${path}/webrtc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'offer', sdp: peer.localDescription!.sdp }),
      });
      const { sdp } = (await response.json()) as { sdp: string };
      await peer.setRemoteDescription({ type: 'answer', sdp });
      await expect.poll(() => messages.some(({ type }) => type === 'ready'), { timeout: 15_000 }).toBe(true);

      const [, address, port] = /a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/.exec(sdp)!;
      const udp = createSocket('udp4');
      for (let i = 0; i < 300; i++) {
        const packet = garbage.bytes(1200);
        // The first byte says what it claims to be (RFC 7983): STUN, DTLS, RTP, RTCP, or nothing known.
        if (packet.length > 1) packet[0] = garbage.one([0, 1, 20, 22, 63, 128, 144, 191, 255]);
        if (packet.length > 2 && packet[0] === 128) packet[1] = garbage.one([96, 111, 200, 201, 205, 206]);
        udp.send(packet, Number(port), address);
        if (i % 50 === 0) await sleep(5);
        // With more of it the peer is sent away.
        if (i % 15 > 0) continue;
        const message = anyMessage(garbage);
        // SCTP has no empty messages; a browser sends another kind in their place (RFC 8831 §6.6).
        channel.send(i % 30 === 0 || message.length === 0 ? 'text' : Buffer.from(message));
      }
      channel.send(Buffer.from(serializeClientMessage({ type: 'ping', id: 4321 })));
      const answered = () => messages.some((message) => message.type === 'pong' && message.id === 4321);
      await expect.poll(answered, { timeout: 20_000 }).toBe(true);
      udp.close();
      expect(messages.filter(({ type }) => type === 'error').length).toBeGreaterThan(10);
      expectCoded(messages);
    } finally {
      await peer.close();
      await session.close();
    }
    await neighbour.expectUnharmed(voice);
  });
});

function anyMessage(garbage: Garbage): Uint8Array {
  return garbage.one([
    () => garbage.bytes(600),
    () => garbage.damaged(garbage.one(VALID)),
    () => garbage.damaged(garbage.one(VALID)),
    () => garbage.one(INVALID),
    () => new Uint8Array(pack(garbage.json())),
    () =>
      new Uint8Array(
        pack({ type: garbage.one(['hello', 'audio', 'control', 'ping']), data: garbage.json() }),
      ),
    () => new Uint8Array(pack({ type: 'audio', data: garbage.bytes(2000), live: true })),
  ])();
}
