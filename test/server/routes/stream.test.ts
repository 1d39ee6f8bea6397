import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseServerMessage, serializeClientMessage, WIRE_VERSION } from '../../../src/contract/wire.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('stream', () => {
  const client = (base: string, id: string, query = '') => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/sessions/${id}/stream${query}`);
    socket.on('error', () => {});
    return socket;
  };
  const closeOf = async (socket: WebSocket) => {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return `${code} ${reason.toString().split(':')[0]}`;
  };

  it('connects the newest WebSocket to a session and says why another cannot', async () => {
    const base = await server.listen();
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const first = client(base, 's1');
    await once(first, 'open');
    first.send(serializeClientMessage({ type: 'hello', version: WIRE_VERSION }));
    const [data] = (await once(first, 'message')) as [Buffer];
    expect(parseServerMessage(data)).toMatchObject({ type: 'ready', sessionId: 's1' });
    expect(await closeOf(client(base, 's7'))).toBe('4004 session_not_found');
    const metrics = (await server.inject('GET', '/metrics')).body;
    expect(metrics).toContain('vultus_connections{route="websocket"} 1');

    // As after a change of network: for the server the first one is still there, and it answers nothing.
    first.pause();
    const newest = client(base, 's1');
    await once(newest, 'open');
    newest.send(serializeClientMessage({ type: 'hello', version: WIRE_VERSION }));
    await once(newest, 'message');
    await expect
      .poll(async () => (await server.inject('GET', '/metrics')).body)
      .toMatch(/vultus_connections\{route="websocket"\} 1/);
    const endOfFirst = closeOf(first);
    first.resume();
    expect(await endOfFirst).toBe('4009 session_taken_over');
    expect(newest.readyState).toBe(WebSocket.OPEN);

    newest.terminate();
    await expect
      .poll(async () => (await server.inject('GET', '/metrics')).body)
      .toMatch(/vultus_connections\{route="websocket"\} 0/);
    const second = client(base, 's1');
    await once(second, 'open');
    const end = closeOf(second);
    await server.inject('DELETE', '/v1/sessions/s1');
    expect(await end).toBe('4010 session_closed');
  });

  it('connects viewers beside it, up to the limit; they hear, and may say nothing', async () => {
    await server.close();
    server = await scriptedServer({ maxViewers: '2' });
    const base = await server.listen();
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const session = server.sessions.get('s1')!;
    const viewers = [client(base, 's1', '?role=view'), client(base, 's1', '?role=view')];
    const messages: unknown[] = [];
    for (const viewer of viewers) {
      viewer.on('message', (data) => messages.push(parseServerMessage(data as Buffer)));
      await once(viewer, 'open');
      viewer.send(
        serializeClientMessage({
          type: 'hello',
          version: WIRE_VERSION,
          outputs: { video: true, voice: true },
        }),
      );
    }
    await expect.poll(() => session.takers).toBe(2);
    expect(await closeOf(client(base, 's1', '?role=view'))).toBe('4029 too_many_viewers');
    expect(await closeOf(client(base, 's1', '?role=owner'))).toBe('4000 invalid_request');
    const owner = client(base, 's1');
    await once(owner, 'open');
    owner.send(serializeClientMessage({ type: 'interrupt' }));
    await expect.poll(() => session.calls).toContain('interrupt');
    messages.length = 0;
    session.deliver({ kind: 'voice', data: new Uint8Array(3), mediaTimeMs: 20, epoch: 0 });
    session.emit('speech.paused', { mediaTimeMs: 20 });
    await expect.poll(() => messages).toHaveLength(4);
    const [viewer] = viewers;
    viewer.send(serializeClientMessage({ type: 'audio', data: new Uint8Array(320) }));
    viewer.send(serializeClientMessage({ type: 'control', controls: { distance: 0.1 } }));
    viewer.send(serializeClientMessage({ type: 'keyframe' }));
    viewer.send(serializeClientMessage({ type: 'ping', id: 7 }));
    await expect
      .poll(() => messages.slice(4))
      .toMatchObject([{ code: 'view_only' }, { code: 'view_only' }, { type: 'pong', id: 7 }]);
    expect(session.voice).toEqual([]);
    expect(session.calls.filter((call) => call !== 'take voice,video')).toEqual([
      'setControls {}',
      'interrupt',
      'requestKeyFrame',
    ]);
  });

  it('lets nobody come back for long who was sent away again and again', async () => {
    const base = await server.listen();
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const ends: string[] = [];
    for (let i = 0; i < 8; i++) {
      const socket = client(base, 's1');
      const refused = once(socket, 'unexpected-response').then(
        ([, answer]) => `refused ${answer.statusCode}`,
      );
      const sentAway = once(socket, 'open').then(() => {
        for (let n = 0; n < 30; n++) socket.send(Buffer.from([0xc1]));
        return closeOf(socket);
      });
      ends.push(await Promise.race([refused, sentAway]));
      socket.terminate();
    }
    expect(ends[0]).toBe('1008 too_many_bad_messages');
    expect(ends.at(-1)).toBe('refused 429');
  });

  it('refuses upgrades elsewhere and survives garbage on its port', async () => {
    const base = await server.listen();
    const { port } = new URL(base);
    const exchange = async (text: string) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.end(text);
      await once(socket, 'close');
      return answer;
    };
    const upgrade = (path: string) =>
      exchange(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
    expect(await upgrade('/elsewhere')).toMatch(/^HTTP\/1\.1 404 [\s\S]*"code":"not_found"/);
    expect(await upgrade('/v1/sessions/s1/stream')).toMatch(/^HTTP\/1\.1 400 /);
    await exchange('\u0000\u0001\u0002 garbage\r\n\r\n');
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });
});
