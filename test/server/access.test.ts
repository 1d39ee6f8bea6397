import { once } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RateBudget } from '../../src/budget/rate-budget.ts';
import { parseServerMessage, serializeClientMessage } from '../../src/contract/wire.ts';
import { Access } from '../../src/server/access.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('access', () => {
  it('asks for the API key under /v1 alone', async () => {
    await server.close();
    server = await scriptedServer({ apiKey: 'correct horse' });
    const refused = await server.inject('GET', '/v1/avatars');
    expectProblem(refused, 'unauthorized');
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    const withKey = (authorization: string, url = '/v1/avatars') =>
      server.inject('GET', url, { headers: { authorization } });
    expectProblem(await withKey('Bearer wrong horse'), 'unauthorized');
    expectProblem(await withKey('Basic correct horse'), 'unauthorized');
    expect((await withKey('Bearer correct horse')).statusCode).toBe(200);
    expectProblem(await server.inject('GET', '/%76%31/avatars'), 'unauthorized');
    expectProblem(await server.inject('POST', '/v1/sessions', { payload: {} }), 'unauthorized');
    expect((await server.inject('GET', '/healthz')).statusCode).toBe(200);
  });

  describe('with a key', () => {
    const key = { authorization: 'Bearer correct horse' };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    let session: { id: string; token: string; streamUrl: string };
    let url: string;
    beforeEach(async () => {
      await server.close();
      server = await scriptedServer({ apiKey: 'correct horse' });
      url = await server.listen();
      const payload = { avatarId: 'own' };
      session = (await server.inject('POST', '/v1/sessions', { headers: key, payload })).json();
    });

    /** What a WebSocket is told first, or its close code. */
    const knock = async (path: string, headers = {}) => {
      const socket = new WebSocket(url.replace('http', 'ws') + path, { headers });
      socket.on('open', () => socket.send(serializeClientMessage({ type: 'hello', version: 1 })));
      const answer = await Promise.race([
        once(socket, 'message').then(([data]) => parseServerMessage(data)),
        once(socket, 'close').then(([code]) => code as number),
      ]);
      socket.close();
      return answer;
    };

    it('a session opens by a token of it, not by its id, and by the key', async () => {
      const { id, token, streamUrl } = session;
      expect(await knock(`/v1/sessions/${id}/stream`)).toBe(4001);
      expect(await knock(`/v1/sessions/${id}/stream?token=${'x'.repeat(32)}`)).toBe(4001);
      expect(await knock(`/v1/sessions/${id}/stream`, key)).toMatchObject({ type: 'ready' });
      const ready = await knock(streamUrl);
      expect(ready).toMatchObject({ type: 'ready', token: expect.stringMatching(/^[\w-]{32}$/) });
      const { token: next } = ready as { token: string };
      expect(await knock(`/v1/sessions/${id}/stream`, bearer(next))).toMatchObject({ type: 'ready' });
      // What has opened an earlier connection may stand in a log by now.
      expect(await knock(streamUrl)).toBe(4001);
      expect(token).not.toBe(next);
    });

    it('a token is good for its session alone', async () => {
      const { id, token } = session;
      const ask = async (method: 'GET' | 'DELETE' | 'POST', path: string, options = {}) =>
        (await server.inject(method, path, { headers: bearer(token), ...options })).statusCode;
      for (const path of ['/v1/avatars', '/v1/sessions']) expect(await ask('GET', path)).toBe(401);
      expect(await ask('POST', '/v1/sessions', { payload: { avatarId: 'own' } })).toBe(401);
      const other = await server.inject('POST', '/v1/sessions', {
        headers: key,
        payload: { avatarId: 'own' },
      });
      expect(await ask('DELETE', `/v1/sessions/${other.json().id}`)).toBe(401);
      expect(await ask('GET', `/v1/sessions/${id}`)).toBe(200);
      expect(await ask('DELETE', `/v1/sessions/${id}`)).toBe(204);
    });

    it('a token for a viewer opens no controls', async () => {
      const { id, token } = session;
      const made = await server.inject('POST', `/v1/sessions/${id}/tokens`, {
        headers: bearer(token),
        payload: { role: 'view' },
      });
      expect([made.statusCode, made.headers['cache-control']]).toEqual([201, 'no-store']);
      const { token: view } = made.json();
      expect(await knock(`/v1/sessions/${id}/stream?role=view&token=${view}`)).toMatchObject({
        type: 'ready',
      });
      expect(await knock(`/v1/sessions/${id}/stream?token=${view}`)).toBe(4001);
      expectProblem(
        await server.inject('DELETE', `/v1/sessions/${id}`, { headers: bearer(view) }),
        'unauthorized',
      );
      const offer = { type: 'offer', sdp: 'v=0' };
      const answer = await server.inject('POST', `/v1/sessions/${id}/webrtc`, {
        headers: bearer(view),
        payload: offer,
      });
      expectProblem(answer, 'unauthorized');
    });

    it('an address that tries keys is told to wait, sessions from there go on', async () => {
      const ask = (authorization: string, remoteAddress: string, path = '/v1/avatars') =>
        server.inject('GET', path, { headers: { authorization }, remoteAddress });
      let answer = await ask('Bearer guess', '192.0.2.1');
      for (let n = 0; n < 100 && answer.statusCode !== 429; n++)
        answer = await ask('Bearer guess', '192.0.2.1');
      expectProblem(answer, 'too_many_requests');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      const own = await ask(`Bearer ${session.token}`, '192.0.2.1', `/v1/sessions/${session.id}`);
      expect(own.statusCode).toBe(200);
      expect((await ask(key.authorization, '192.0.2.2')).statusCode).toBe(200);
      const { body } = await server.inject('GET', '/metrics');
      expect(body).toContain(`vultus_budget_refusals_total{budget="wrong_keys"} 1`);
    });

    it('lists of sessions open nothing', async () => {
      const list = await server.inject('GET', '/v1/sessions', { headers: key });
      expect(list.body).toContain(session.id);
      expect(list.body).not.toContain('token');
    });
  });

  it('beyond the wrong keys of an address, the right one is no more told from others', async () => {
    let nowMs = 0;
    const wrongKeys = new RateBudget('wrong_keys', { ratePerS: 1, burst: 2 }, 'wrong keys', () => nowMs);
    const access = new Access('right', wrongKeys);
    const show = async (key: string) => {
      const request = {
        routeOptions: { url: '/v1/avatars', config: {} },
        headers: { authorization: `Bearer ${key}` },
        query: {},
        params: {},
        ip: '192.0.2.1',
      } as FastifyRequest;
      return access.require(request).then(
        () => 'let in',
        ({ code }) => code,
      );
    };
    for (let n = 0; n < 5; n++) expect(await show('right')).toBe('let in');
    for (let n = 0; n < 2; n++) expect(await show('wrong')).toBe('unauthorized');
    for (const key of ['wrong', 'right']) expect(await show(key)).toBe('too_many_requests');
    nowMs += 1000;
    expect(await show('right')).toBe('let in');
  });

  it('lets only named origins use the API from their pages', async () => {
    await server.close();
    server = await scriptedServer({ corsOrigins: 'https://a.example' });
    const ask = (origin: string) => server.inject('GET', '/v1/avatars', { headers: { origin } });
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

  it('tells the operator once which page of another origin got no answer', async () => {
    const ask = (origin: string, host = 'localhost') =>
      server.inject('GET', '/v1/avatars', { headers: { origin, host } });
    for (const origin of ['https://b.example', 'https://b.example', 'http://localhost', 'null'])
      await ask(origin);
    expect(server.logged.map(({ origin }) => origin)).toEqual(['https://b.example', 'null']);
    for (let n = 0; n < 50; n++) await ask(`https://${n}.example`);
    expect(server.logged.length).toBe(20);
  });
});
