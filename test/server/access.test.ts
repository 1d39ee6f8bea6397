import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
});
