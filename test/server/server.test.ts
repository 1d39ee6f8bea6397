import { once } from 'node:events';
import { connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ERRORS, type ErrorCode } from '../../src/contract/error-codes.ts';
import { parseServerMessage, serializeClientMessage, WIRE_VERSION } from '../../src/contract/wire.ts';
import { VultusError } from '../../src/errors.ts';
import { PORTRAIT, scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

const inject = (
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
  url: string,
  more: Pick<InjectOptions, 'headers' | 'payload'> = {},
) => server.app.inject({ method, url, ...more });

/** RFC 9457, with what the catalogue says about the code. */
function expectProblem(response: Awaited<ReturnType<typeof inject>>, code: ErrorCode) {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.statusCode).toBe(ERRORS[code].status);
  const problem = response.json();
  expect(problem).toMatchObject({
    type: `urn:vultus:error:${code}`,
    title: ERRORS[code].help,
    status: ERRORS[code].status,
    code,
  });
  expect(problem.detail).toContain(ERRORS[code].help);
  return problem;
}

describe('avatars', () => {
  it('are made of the body, with name and face', async () => {
    const response = await inject('POST', '/v1/avatars?name=Ada&face=1', {
      headers: { 'content-type': 'image/png' },
      payload: PORTRAIT,
    });
    expect(response.statusCode).toBe(201);
    expect(response.headers.location).toBe('/v1/avatars/own');
    expect(response.json()).toEqual({
      id: 'own',
      name: 'The own one',
      gallery: false,
      createdAt: '2026-01-02T03:04:05.000Z',
      width: 640,
      height: 480,
      warnings: [],
      previewUrl: '/v1/avatars/own/preview',
    });
    expect(server.added).toEqual([{ bytes: PORTRAIT, name: 'Ada', faceIndex: 1 }]);
  });

  it('are listed with the gallery first, shown, previewed and deleted', async () => {
    const list = (await inject('GET', '/v1/avatars')).json().avatars;
    expect(list.map(({ id }: { id: string }) => id)).toEqual(['gallery', 'own']);
    expect((await inject('GET', '/v1/avatars/own')).json()).toMatchObject({ id: 'own' });
    const preview = await inject('GET', '/v1/avatars/own/preview');
    expect(preview.headers['content-type']).toBe('image/jpeg');
    expect([...preview.rawPayload]).toEqual([0xff, 0xd8, 0xff]);
    const deleted = await inject('DELETE', '/v1/avatars/own');
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expectProblem(await inject('GET', '/v1/avatars/own'), 'avatar_not_found');
    expectProblem(await inject('GET', '/v1/avatars/own/preview'), 'avatar_not_found');
    expectProblem(await inject('DELETE', '/v1/avatars/own'), 'avatar_not_found');
  });

  it('of the gallery stay', async () => {
    expectProblem(await inject('DELETE', '/v1/avatars/gallery'), 'avatar_in_gallery');
    expect(server.avatars.has('gallery')).toBe(true);
  });

  it('report what is wrong with a portrait', async () => {
    const post = (contentType: string, payload: Buffer | string, query = '') =>
      inject('POST', `/v1/avatars${query}`, { headers: { 'content-type': contentType }, payload });
    expectProblem(await post('image/png', Buffer.alloc(20_000_001)), 'portrait_too_many_bytes');
    expectProblem(await post('image/png', ''), 'portrait_not_an_image');
    expectProblem(await post('text/plain', 'hello'), 'portrait_not_an_image');
    expectProblem(await post('application/json', '{}'), 'portrait_not_an_image');
    expectProblem(await post('multipart/form-data; boundary=x', '--x--'), 'portrait_not_an_image');
    expectProblem(await inject('POST', '/v1/avatars'), 'portrait_not_an_image');
    const bad = expectProblem(await post('image/png', PORTRAIT, '?face=first'), 'invalid_request');
    expect(bad.detail).toContain('face');
    expectProblem(await post('image/png', PORTRAIT, `?name=${'x'.repeat(101)}`), 'invalid_request');
    expectProblem(await post('image/png', PORTRAIT, '?nmae=x'), 'invalid_request');
    server.failNext.add = new VultusError('portrait_several_faces', '3 faces');
    const several = expectProblem(await post('image/png', PORTRAIT), 'portrait_several_faces');
    expect(several.detail).toContain('3 faces');
    expect(server.added).toEqual([]);
  });
});

describe('sessions', () => {
  const open = (payload: object) => inject('POST', '/v1/sessions', { payload });

  it('are opened, listed, shown and closed', async () => {
    const response = await open({ avatarId: 'own', size: 256, fps: 30, controls: { gaze: 'camera' } });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toMatchObject({
      id: 's1',
      avatarId: 'own',
      settings: {
        size: 256,
        fps: 30,
        codec: 'h264',
        bitrateKbps: 1500,
        seed: 1,
        latency: 'balanced',
        background: 'keep',
      },
      streamUrl: '/v1/sessions/s1/stream',
      webrtcUrl: '/v1/sessions/s1/webrtc',
    });
    expect(server.sessions.get('s1')?.calls).toEqual(['setControls {"gaze":"camera"}']);
    expect((await inject('GET', '/v1/sessions')).json().sessions).toHaveLength(1);
    expect((await inject('GET', '/v1/sessions/s1')).json()).toMatchObject({
      state: 'idle',
      stats: { fps: 25, provider: 'cpu' },
    });
    expect((await inject('DELETE', '/v1/sessions/s1')).statusCode).toBe(204);
    expectProblem(await inject('GET', '/v1/sessions/s1'), 'session_not_found');
    expectProblem(await inject('DELETE', '/v1/sessions/s1'), 'session_not_found');
  });

  it.each([
    [{}, 'avatarId'],
    [{ avatarId: 'own', size: 500 }, 'size'],
    [{ avatarId: 'own', size: 2048 }, 'size'],
    [{ avatarId: 'own', fps: 24 }, 'fps'],
    [{ avatarId: 'own', codec: 'h265' }, 'codec'],
    [{ avatarId: 'own', seed: -1 }, 'seed'],
    [{ avatarId: 'own', controls: { gaze: { yaw: 3, pitch: 0 } } }, 'controls.gaze'],
    [{ avatarId: 'own', colour: 'red' }, 'colour'],
    [{ avatarId: 'own', background: 'red' }, 'background'],
    [{ avatarId: 'own', background: 'data:image/png;base64,AAAA' }, 'background'],
  ])('are refused for %j', async (body, named) => {
    expect(expectProblem(await open(body), 'invalid_request').detail).toContain(named);
    expect(server.sessions.size).toBe(0);
  });

  it.each(['blur', 'matte', '#0a0b0c'])('stand before %s', async (background) => {
    const response = await open({ avatarId: 'own', background });
    expect(response.json().settings.background).toBe(background);
  });

  it('stand before a picture that comes with the request', async () => {
    const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: '#406080' } });
    const background = `data:image/png;base64,${(await picture.png().toBuffer()).toString('base64')}`;
    const response = await open({ avatarId: 'own', background });
    expect(response.json().settings.background).toBe('picture');
  });

  it('are refused for an unknown avatar, broken JSON and a full server', async () => {
    expectProblem(await open({ avatarId: 'nobody' }), 'avatar_not_found');
    const broken = { headers: { 'content-type': 'application/json' }, payload: '{"avatarId":' };
    expectProblem(await inject('POST', '/v1/sessions', broken), 'invalid_request');
    const large = { avatarId: 'x'.repeat(2 << 20) };
    expectProblem(await open(large), 'invalid_request');
    server.failNext.create = new VultusError('at_capacity');
    const full = await open({ avatarId: 'own' });
    expectProblem(full, 'at_capacity');
    expect([full.headers['retry-after'], full.json().retryAfterS]).toEqual(['5', 5]);
    server.failNext.create = new VultusError('at_capacity', 'no room', { retryAfterS: 37 });
    const measured = await open({ avatarId: 'own' });
    expect([measured.headers['retry-after'], measured.json().retryAfterS]).toEqual(['37', 37]);
  });

  it('do not tell what broke inside', async () => {
    server.failNext.create = new Error('a secret of the machine');
    const response = await open({ avatarId: 'own' });
    expectProblem(response, 'internal');
    expect(response.body).not.toContain('secret');
  });

  it('refuse an offer that is not SDP, and one for an unknown session', async () => {
    await open({ avatarId: 'own' });
    const offer = (id: string, payload: object) => inject('POST', `/v1/sessions/${id}/webrtc`, { payload });
    expectProblem(await offer('s1', { type: 'offer', sdp: 'nonsense' }), 'invalid_offer');
    expectProblem(await offer('s1', { type: 'answer', sdp: 'v=0' }), 'invalid_request');
    expectProblem(await offer('s9', { type: 'offer', sdp: 'v=0' }), 'session_not_found');
  });

  it('refuse to restart a connection that is not there', async () => {
    await open({ avatarId: 'own' });
    const restart = (id: string, payload: object) =>
      inject('PATCH', `/v1/sessions/${id}/webrtc`, { payload });
    expectProblem(await restart('s1', { type: 'offer', sdp: 'v=0' }), 'invalid_offer');
    expectProblem(await restart('s1', { type: 'offer' }), 'invalid_request');
    expectProblem(await restart('s9', { type: 'offer', sdp: 'v=0' }), 'session_not_found');
  });
});

describe('stream', () => {
  const client = (base: string, id: string) => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/sessions/${id}/stream`);
    socket.on('error', () => {});
    return socket;
  };
  const closeOf = async (socket: WebSocket) => {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return `${code} ${reason.toString().split(':')[0]}`;
  };

  it('connects one WebSocket to a session and says why another cannot', async () => {
    const base = await server.listen();
    await inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const first = client(base, 's1');
    await once(first, 'open');
    first.send(serializeClientMessage({ type: 'hello', version: WIRE_VERSION }));
    const [data] = (await once(first, 'message')) as [Buffer];
    expect(parseServerMessage(data)).toMatchObject({ type: 'ready', sessionId: 's1' });
    expect(await closeOf(client(base, 's1'))).toBe('4009 session_busy');
    expect(await closeOf(client(base, 's7'))).toBe('4004 session_not_found');
    const metrics = (await inject('GET', '/metrics')).body;
    expect(metrics).toContain('vultus_connections{route="websocket"} 1');

    first.terminate();
    await expect
      .poll(async () => (await inject('GET', '/metrics')).body)
      .toMatch(/vultus_connections\{route="websocket"\} 0/);
    const second = client(base, 's1');
    await once(second, 'open');
    const end = closeOf(second);
    await inject('DELETE', '/v1/sessions/s1');
    expect(await end).toBe('4010 session_closed');
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
      exchange(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    expect(await upgrade('/elsewhere')).toMatch(/^HTTP\/1\.1 404 [\s\S]*"code":"not_found"/);
    expect(await upgrade('/v1/sessions/s1/stream')).toMatch(/^HTTP\/1\.1 400 /);
    await exchange('\u0000\u0001\u0002 garbage\r\n\r\n');
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });
});

describe('around it', () => {
  it('answers health, readiness and metrics', async () => {
    const health = { status: 'ok', provider: 'cpu', sessions: 0 };
    expect((await inject('GET', '/healthz')).json()).toMatchObject(health);
    expect((await inject('GET', '/readyz')).json()).toMatchObject(health);
    await inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const session = server.sessions.get('s1')!;
    session.emit('stats', { ...session.stats, framesSent: 50, framesLate: 1 });
    session.emit('stats', { ...session.stats, framesSent: 90, framesLate: 1 });
    const delays = { intake: 2, context: 80, motion: 5, hold: 10, render: 6, encode: 2, send: 1 };
    session.emit('video', { mediaTimeMs: 0, epoch: 0, key: true, data: new Uint8Array(), delays });
    session.emit('speech.ended', { utterance: 1, playedMs: 900, interrupted: true });
    await inject('GET', '/nothing');
    const metrics = await inject('GET', '/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
    for (const line of [
      'vultus_live_sessions 1',
      'vultus_sessions_total 1',
      'vultus_pictures_total{outcome="sent"} 90',
      'vultus_pictures_total{outcome="late"} 1',
      'vultus_utterances_total{interrupted="true"} 1',
      'vultus_picture_delay_seconds_bucket{le="0.1"} 0',
      'vultus_picture_delay_seconds_bucket{le="0.12"} 1',
      'vultus_picture_delay_stage_seconds_sum{stage="context"} 0.08',
      'vultus_stage_seconds{stage="render",quantile="0.5"} 0.007',
      'vultus_errors_total{code="not_found"} 1',
    ]) {
      expect(metrics.body.split('\n')).toContain(line);
    }
    expect(metrics.body).toMatch(
      /vultus_http_request_seconds_count\{method="POST",route="\/v1\/sessions",status="201"\} 1/,
    );
  });

  it('describes every route in OpenAPI', async () => {
    const document = (await inject('GET', '/docs/json')).json();
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/healthz',
      '/metrics',
      '/readyz',
      '/v1/avatars',
      '/v1/avatars/{id}',
      '/v1/avatars/{id}/preview',
      '/v1/sessions',
      '/v1/sessions/{id}',
      '/v1/sessions/{id}/webrtc',
    ]);
    expect(document.paths['/v1/sessions'].post.responses).toHaveProperty('503');
    expect((await inject('GET', '/docs')).statusCode).toBeLessThan(400);
  });

  it('answers unknown routes and methods with not_found, and / with a page', async () => {
    expectProblem(await inject('GET', '/v2/avatars'), 'not_found');
    expectProblem(await inject('PATCH', '/v1/avatars'), 'not_found');
    expectProblem(await inject('GET', '/../../package.json'), 'not_found');
    expectProblem(await inject('GET', '/%2e%2e/%2e%2e/package.json'), 'not_found');
    expectProblem(await inject('GET', '/v1/avatars/%%%'), 'invalid_request');
    const page = await inject('GET', '/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
  });

  it('says that its port is taken', async () => {
    const { port } = new URL(await server.listen());
    const second = await scriptedServer({ port });
    await expect(second.listen()).rejects.toMatchObject({
      code: 'config_invalid',
      detail: expect.stringContaining(`127.0.0.1:${port}`),
    });
    await second.close();
  });

  it('closes idle sessions and, when it closes itself, all sockets', async () => {
    await server.close();
    server = await scriptedServer({ idleTimeoutS: '1' });
    const base = await server.listen();
    await inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    await inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/sessions/s2/stream`);
    await once(socket, 'open');
    await expect.poll(() => [...server.sessions.keys()], { timeout: 3000 }).toEqual(['s2']);
    const end = once(socket, 'close');
    await server.close();
    await end;
    await expect(fetch(base)).rejects.toThrow();
  });
});

describe('access', () => {
  it('asks for the API key under /v1 alone', async () => {
    await server.close();
    server = await scriptedServer({ apiKey: 'correct horse' });
    const refused = await inject('GET', '/v1/avatars');
    expectProblem(refused, 'unauthorized');
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    const withKey = (authorization: string, url = '/v1/avatars') =>
      inject('GET', url, { headers: { authorization } });
    expectProblem(await withKey('Bearer wrong horse'), 'unauthorized');
    expectProblem(await withKey('Basic correct horse'), 'unauthorized');
    expect((await withKey('Bearer correct horse')).statusCode).toBe(200);
    expectProblem(await inject('GET', '/%76%31/avatars'), 'unauthorized');
    expectProblem(await inject('POST', '/v1/sessions', { payload: {} }), 'unauthorized');
    expect((await inject('GET', '/healthz')).statusCode).toBe(200);
  });

  it('lets only named origins use the API from their pages', async () => {
    await server.close();
    server = await scriptedServer({ corsOrigins: 'https://a.example' });
    const ask = (origin: string) => inject('GET', '/v1/avatars', { headers: { origin } });
    expect((await ask('https://a.example')).headers['access-control-allow-origin']).toBe('https://a.example');
    expect((await ask('https://b.example')).headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await server.app.inject({
      method: 'OPTIONS',
      url: '/v1/sessions',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
  });
});
