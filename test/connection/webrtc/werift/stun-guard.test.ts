import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RTCIceTransport } from 'werift';
import { guardStun } from '../../../../src/connection/webrtc/werift/stun-guard.ts';
import { readStunRequest } from '../../../../src/connection/webrtc/werift/stun-request.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

/** A binding request (RFC 8489 §5) of nobody, with the user name of the one who is asked, not signed. */
function unsigned(user: string, attributes = Buffer.alloc(0)): Buffer {
  const name = Buffer.from(user);
  const head = Buffer.from([0, 6, name.length >> 8, name.length & 0xff]);
  const body = Buffer.concat([head, name, Buffer.alloc(-name.length & 3), attributes]);
  const header = Buffer.from('000100002112a442000000000000000000000001', 'hex');
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function hostPort({ connection }: RTCIceTransport): [string, number] {
  const { host, port } = connection.localCandidates.find(
    (one) => one.type === 'host' && !one.host.includes(':'),
  )!;
  return [host, port];
}

/** werift's agent, with what its types do not show. */
interface Agent {
  localUsername: string;
  remoteUsername: string;
  remotePassword: string;
  nominated?: { protocol: Sends; remoteAddr: [string, number] };
  candidatePairs: { protocol: Sends; requestTransactionIds: Set<string> }[];
  buildRequest(options: object): StunMessage;
}
interface Sends {
  sendStun(message: object, to: [string, number]): Promise<void>;
}
interface StunMessage {
  addMessageIntegrity(key: Buffer): StunMessage;
  addFingerprint(): StunMessage;
}

function agentOf({ connection }: RTCIceTransport): Agent {
  return connection as unknown as Agent;
}

async function stranger(): Promise<Socket> {
  const socket = own(createSocket('udp4'));
  await new Promise<void>((bound) => socket.bind(0, bound));
  return socket;
}

const guarded = () => {
  let heard = 0;
  return {
    prepare: (t: { iceTransport: RTCIceTransport }) => guardStun(t.iceTransport, () => heard++),
    heard: () => heard,
  };
};

describe('guardStun', () => {
  it('lets the peer in, and tells of it', async () => {
    const guard = guarded();
    const pair = own(await weriftPair(guard.prepare));
    await pair.connected();
    expect(guard.heard()).toBeGreaterThan(0);
  });

  it('does not answer whoever has not signed, nor changes its role for them', async () => {
    const pair = own(await weriftPair(guarded().prepare));
    await pair.connected();
    const { iceTransport } = pair.transport;
    const { connection } = iceTransport;
    const answers: Buffer[] = [];
    const socket = await stranger();
    socket.on('message', (data) => answers.push(data));
    const controlled = Buffer.from('802900080000000000000000', 'hex');
    const checks = connection.candidatePairs.length;
    for (const request of [
      unsigned(`${connection.localUsername}:x`),
      unsigned(`${connection.localUsername}:x`, controlled),
    ])
      socket.send(request, ...reversed(hostPort(iceTransport)));
    await sleep(300);
    expect(answers).toEqual([]);
    expect(connection.iceControlling).toBe(false);
    expect(connection.candidatePairs.length).toBe(checks);
  });

  it('takes no data from where nobody has signed', async () => {
    const pair = own(await weriftPair(guarded().prepare));
    await pair.connected();
    const { iceTransport } = pair.transport;
    const taken = vi.fn();
    iceTransport.connection.onData.subscribe(taken);
    const socket = await stranger();
    for (const first of [20, 22, 128])
      socket.send(Buffer.alloc(60, first), ...reversed(hostPort(iceTransport)));
    await sleep(300);
    expect(taken.mock.calls.filter(([data]) => data.length === 60)).toEqual([]);
  });

  it('remembers few of the requests of a peer that goes on asking', async () => {
    const pair = own(await weriftPair(guarded().prepare));
    await pair.connected();
    const connection = agentOf(pair.remote.iceTransport);
    for (let i = 0; i < 300; i++) {
      const request = connection.buildRequest({
        nominate: false,
        localUsername: connection.localUsername,
        remoteUsername: connection.remoteUsername,
        iceControlling: true,
      });
      const signed = request.addMessageIntegrity(Buffer.from(connection.remotePassword)).addFingerprint();
      await connection.nominated!.protocol.sendStun(signed, connection.nominated!.remoteAddr);
      if (i % 50 === 0) await sleep(10);
    }
    await sleep(200);
    for (const { requestTransactionIds } of agentOf(pair.transport.iceTransport).candidatePairs)
      expect(requestTransactionIds.size).toBeLessThan(100);
  });

  it('sends few checks to addresses that do not answer, whoever names them', async () => {
    const sink = await stranger();
    let checks = 0;
    sink.on('message', () => checks++);
    const pair = own(await weriftPair(guarded().prepare));
    await pair.connected();
    const connection = agentOf(pair.transport.iceTransport);
    const [{ protocol }] = connection.candidatePairs;
    for (let i = 0; i < 500; i++) {
      const request = connection.buildRequest({
        nominate: false,
        localUsername: 'a',
        remoteUsername: 'b',
        iceControlling: false,
      });
      await protocol.sendStun(request, ['127.0.0.1', sink.address().port]);
    }
    await vi.waitFor(() => expect(checks).toBeGreaterThan(50), 2000);
    await sleep(200);
    expect(checks).toBeLessThanOrEqual(100);
  });
});

describe('readStunRequest', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no STUN', Buffer.alloc(40)],
    ['no signature', unsigned('a:b')],
    ['a length beyond the end', Buffer.concat([unsigned('a:b'), Buffer.from([0, 8, 0, 20, 1])])],
    [
      'a signature of another length',
      Buffer.concat([unsigned('a:b'), Buffer.from([0, 8, 0, 4, 1, 2, 3, 4])]),
    ],
  ])('finds none in %s', (_, data) => {
    expect(readStunRequest(data)).toBeUndefined();
  });
});

function reversed<A, B>([a, b]: [A, B]): [B, A] {
  return [b, a];
}
