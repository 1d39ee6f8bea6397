import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/server/start-server.ts';
import { listenWhileStarting, type StartingServer } from '../../src/server/starting.ts';
import { freePort } from '../support/free-port.ts';

const HOST = '127.0.0.1';
const AT = { host: HOST, port: 0, corsOrigins: ['https://a.example'] };

describe('a server that is loading', () => {
  let starting: StartingServer;
  afterEach(() => starting.close());

  it('lives, but is not ready for anything, and says when to ask again', async () => {
    starting = await listenWhileStarting(AT);
    const get = (path: string) => fetch(`http://${HOST}:${starting.port}${path}`);
    const health = await get('/healthz');
    expect([health.status, await health.json()]).toEqual([
      200,
      { status: 'starting', version: expect.any(String) },
    ]);
    for (const path of ['/readyz', '/v1/sessions', '/']) {
      const response = await get(path);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'starting', status: 503 });
    }
  });

  it('says so to pages of the origins that are let in, and to no others', async () => {
    starting = await listenWhileStarting(AT);
    const ask = (origin: string, method: string) =>
      fetch(`http://${HOST}:${starting.port}/v1/sessions`, {
        method,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const answered = await ask('https://a.example', 'POST');
    expect([answered.status, (await answered.json()).code]).toEqual([503, 'starting']);
    expect(answered.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(answered.headers.get('access-control-expose-headers')).toContain('retry-after');
    const preflight = await ask('https://a.example', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    const stranger = await ask('https://b.example', 'OPTIONS');
    expect([stranger.status, stranger.headers.get('access-control-allow-origin')]).toEqual([503, null]);
  });

  it('refuses sockets, frees its port with connections open, and closes twice', async () => {
    starting = await listenWhileStarting(AT);
    const socket = new WebSocket(`ws://${HOST}:${starting.port}/v1/sessions/x/stream`);
    await new Promise((resolve) => socket.once('error', resolve));
    await fetch(`http://${HOST}:${starting.port}/healthz`);
    await starting.close();
    await starting.close();
    const again = await listenWhileStarting({ ...AT, port: starting.port });
    expect(again.port).toBe(starting.port);
    await again.close();
  });

  it('says which port is taken, before it loads anything', async () => {
    starting = await listenWhileStarting(AT);
    const config = loadConfig({ host: HOST, port: starting.port, pack: '/nowhere' }, {});
    await expect(startServer(config)).rejects.toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        detail: expect.stringContaining(String(starting.port)),
      }),
    );
  });
});

it('frees the port where the engine cannot start', { timeout: 60_000 }, async () => {
  const port = await freePort();
  const config = loadConfig({ host: HOST, port, pack: '/nowhere' }, {});
  await expect(startServer(config)).rejects.toThrow(expect.objectContaining({ code: 'pack_invalid' }));
  const after = await listenWhileStarting({ ...AT, port });
  await after.close();
});
