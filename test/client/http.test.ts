import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Vultus, VultusClientError } from '../../src/client/index.ts';
import type { ErrorCode } from '../../src/contract/error-codes.ts';
import { parseFacePoints } from '../../src/contract/face-points.ts';
import { problem, TestServer } from './support/test-server.ts';

let server: TestServer;
afterEach(() => server?.stop());

const AVATAR = {
  id: 'a1',
  name: 'Ada',
  gallery: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  width: 900,
  height: 1200,
  warnings: ['The face is small.'],
  previewUrl: '/v1/avatars/a1/preview',
};
const SESSION = {
  id: 's1',
  avatarId: 'a1',
  settings: {
    ...{ width: 512, height: 512, fit: 'portrait', fps: 25, codec: 'h264', bitrateKbps: 1500, seed: 1 },
    latency: 'balanced',
  },
  streamUrl: '/v1/sessions/s1/stream',
  webrtcUrl: '/v1/sessions/s1/webrtc',
  createdAt: '2026-01-01T00:00:00.000Z',
};
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

test('a portrait is sent as it is, typed by its first bytes, with name and face', async () => {
  server = await TestServer.start((app) => {
    app.post('/v1/avatars', (_request, reply) => reply.code(201).send(AVATAR));
  });
  const vultus = new Vultus({ url: `${server.url}/`, headers: { 'x-proxy-token': 't' } });
  const file = new File([PNG], 'wrong-ending.jpg', { type: 'image/jpeg' });
  expect(await vultus.avatars.create(file, { name: 'Ada & Co', face: 1 })).toEqual(AVATAR);
  const [request] = server.requests;
  expect(request.url).toBe('/v1/avatars?name=Ada+%26+Co&face=1');
  expect(request.headers).toMatchObject({ 'content-type': 'image/png', 'x-proxy-token': 't' });
  expect(new Uint8Array(request.body as Buffer)).toEqual(PNG);
  const points = parseFacePoints('0.4,0.5,0.6,0.5,0.45,0.7,0.55,0.7,0.5,0.8');
  await vultus.avatars.create(file, { points });
  expect(server.requests[1].url).toBe(
    '/v1/avatars?points=0.4%2C0.5%2C0.6%2C0.5%2C0.45%2C0.7%2C0.55%2C0.7%2C0.5%2C0.8',
  );
});

test.each([
  ['JPEG', [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0], 'image/jpeg'],
  ['WebP', [...new TextEncoder().encode('RIFF\0\0\0\0WEBP')], 'image/webp'],
  ['AVIF', [...new TextEncoder().encode('\0\0\0\x20ftypavif')], 'image/avif'],
  ['something else', [1, 2, 3], 'application/octet-stream'],
])('raw bytes of %s get the type that they are', async (_name, bytes, type) => {
  server = await TestServer.start((app) => {
    app.post('/v1/avatars', (_request, reply) => reply.code(201).send(AVATAR));
  });
  await new Vultus({ url: server.url }).avatars.create(new Uint8Array(bytes));
  expect(server.requests[0].headers['content-type']).toBe(type);
});

test('a problem answer becomes an error with its code, status and sentence', async () => {
  server = await TestServer.start((app) => {
    app.post('/v1/avatars', (_request, reply) =>
      reply.code(422).type('application/problem+json').send(problem('portrait_no_face')),
    );
    app.get('/v1/avatars/:id', (_request, reply) =>
      reply.code(404).type('application/problem+json').send(problem('avatar_not_found', 'id a/9')),
    );
    app.post('/v1/sessions', (_request, reply) =>
      reply
        .code(503)
        .type('application/problem+json')
        .send({ ...problem('at_capacity'), retryAfterS: 37 }),
    );
  });
  const { avatars, sessions } = new Vultus({ url: server.url });
  await expect(sessions.create({ avatarId: 'a1' })).rejects.toMatchObject({
    code: 'at_capacity',
    status: 503,
    retryAfterS: 37,
  });
  await expect(avatars.create(PNG)).rejects.toMatchObject({
    name: 'VultusClientError',
    code: 'portrait_no_face',
    status: 422,
    message: expect.stringContaining('No face was found'),
  });
  await expect(avatars.get('a/9')).rejects.toMatchObject({ code: 'avatar_not_found', message: 'id a/9' });
  expect(server.requests.at(-1)?.url).toBe('/v1/avatars/a%2F9');
});

test('what passes by itself is asked again after as long as the server says, but not for ever', async () => {
  const answers: { status: number; code: ErrorCode; retryAfterS: number }[] = [];
  server = await TestServer.start((app) => {
    app.get('/v1/avatars', (_request, reply) => {
      const next = answers.shift();
      if (!next) return reply.send({ avatars: [] });
      const { status, code, retryAfterS } = next;
      return reply
        .code(status)
        .type('application/problem+json')
        .send({ ...problem(code), retryAfterS });
    });
  });
  const { avatars } = new Vultus({ url: server.url });
  const busy = { status: 503, code: 'server_busy', retryAfterS: 1 } as const;
  answers.push(busy);
  const fromMs = performance.now();
  expect(await avatars.list()).toEqual([]);
  expect(performance.now() - fromMs).toBeGreaterThan(900);
  answers.push({ status: 429, code: 'too_many_requests', retryAfterS: 60 });
  await expect(avatars.list()).rejects.toMatchObject({ code: 'too_many_requests', retryAfterS: 60 });
  answers.push(busy, busy, busy);
  await expect(avatars.list()).rejects.toMatchObject({ code: 'server_busy' });
  expect(server.requests).toHaveLength(2 + 1 + 3);
  answers.push({ ...busy, retryAfterS: 5 });
  const abort = new AbortController();
  const listing = avatars.list(abort.signal);
  await expect.poll(() => answers).toEqual([]);
  abort.abort(new Error('enough'));
  await expect(listing).rejects.toThrow('enough');
});

test('an answer that no Vultus server gives is told apart', async () => {
  server = await TestServer.start((app) => {
    app.get('/healthz', (_request, reply) => reply.type('text/html').send('<h1>Welcome to nginx</h1>'));
    app.get('/v1/avatars', (_request, reply) =>
      reply.code(502).type('text/html').send('<h1>Bad gateway</h1>'),
    );
    app.get('/v1/avatars/:id', (_request, reply) => reply.code(500).send('null'));
  });
  const vultus = new Vultus({ url: server.url });
  await expect(vultus.health()).rejects.toMatchObject({ code: 'unexpected_response', status: 200 });
  await expect(vultus.avatars.list()).rejects.toMatchObject({ code: 'unexpected_response', status: 502 });
  await expect(vultus.avatars.get('a1')).rejects.toMatchObject({
    ...{ code: 'unexpected_response', status: 500 },
    message: `${server.url}/v1/avatars/a1 answered with HTTP 500.`,
  });
});

test('an API key goes along with every request; a preview comes as a picture', async () => {
  server = await TestServer.start((app) => {
    app.get('/v1/avatars/a1/preview', (_request, reply) =>
      reply.type('image/jpeg').send(Buffer.from([0xff, 0xd8])),
    );
  });
  const vultus = new Vultus({ url: server.url, apiKey: 'secret' });
  const picture = await vultus.avatars.preview('a1');
  expect(picture.type).toBe('image/jpeg');
  expect(await picture.bytes()).toEqual(new Uint8Array([0xff, 0xd8]));
  expect(server.requests[0].headers.authorization).toBe('Bearer secret');
  expect(vultus.avatars.previewUrl('a1')).toBe(`${server.url}/v1/avatars/a1/preview`);
});

test('no server at the address', async () => {
  server = await TestServer.start();
  const vultus = new Vultus({ url: server.url });
  await server.stop();
  await expect(vultus.health()).rejects.toMatchObject({ code: 'server_unreachable' });
  await expect(vultus.health()).rejects.toBeInstanceOf(VultusClientError);
});

test('an abort ends a request with its own reason', async () => {
  server = await TestServer.start((app) => {
    app.get('/v1/avatars', () => new Promise(() => {}));
  });
  const abort = new AbortController();
  const listing = new Vultus({ url: server.url }).avatars.list(abort.signal);
  abort.abort(new Error('left the page'));
  await expect(listing).rejects.toThrow('left the page');
});

test('sessions: create, refresh, list, delete, and closing twice', async () => {
  let deleted = 0;
  server = await TestServer.start((app) => {
    app.post('/v1/sessions', (_request, reply) => reply.code(201).send(SESSION));
    app.get('/v1/sessions', () => ({ sessions: [{ ...SESSION, state: 'idle' }] }));
    app.get('/v1/sessions/s1', () => ({ ...SESSION, state: 'speaking' }));
    app.delete('/v1/sessions/s1', (_request, reply) => {
      if (deleted++ === 0) return reply.code(204).send();
      return reply.code(404).type('application/problem+json').send(problem('session_not_found'));
    });
  });
  const { sessions } = new Vultus({ url: server.url });
  const session = await sessions.create({ avatarId: 'a1', size: 512, controls: { emotion: { happy: 1 } } });
  expect(session.info).toEqual(SESSION);
  expect(server.requests[0].body).toEqual({ avatarId: 'a1', size: 512, controls: { emotion: { happy: 1 } } });
  expect((await session.refresh()).state).toBe('speaking');
  expect((await sessions.list())[0].state).toBe('idle');
  await session.close();
  await session.close();
  expect(deleted).toBe(2);
  await expect(sessions.delete('s1')).rejects.toMatchObject({ code: 'session_not_found' });
});

test('outside a page the address must be given', () => {
  expect(() => new Vultus()).toThrow(TypeError);
});

test.each(['localhost:9310', '127.0.0.1:9310', 'ws://localhost:9310', '/avatars', 'http://'])(
  'an address that is none of HTTP (%s) is told at once',
  (url) => {
    expect(() => new Vultus({ url })).toThrow(
      new TypeError(`The address of a server begins with http:// or https://; "${url}" does not.`),
    );
  },
);

test('the client imports nothing but contract/, no package either', async () => {
  const { globSync } = await import('node:fs');
  // Examples are pages of others; the part for LiveKit's agents runs in their programs. What draws avatars is the server's
  // own, in a worker that is fetched where it is asked for.
  const files = globSync('src/client/**/*.ts', {
    exclude: ['src/client/examples/**', 'src/client/livekit/**', 'src/client/draw/worker.ts'],
  });
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const imports = [...(await readFile(file, 'utf8')).matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    const outside = imports.filter(
      (path) => !path.startsWith('.') || !/^src\/(client|contract)\//.test(join(file, '..', path)),
    );
    expect(outside, file).toEqual([]);
  }
});
