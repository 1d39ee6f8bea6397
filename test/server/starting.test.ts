import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/server/start-server.ts';
import { listenWhileStarting, type StartingServer } from '../../src/server/starting.ts';
import { freePort } from '../support/free-port.ts';

const HOST = '127.0.0.1';

describe('a server that is loading', () => {
  let starting: StartingServer;
  afterEach(() => starting.close());

  it('lives, but is not ready for anything, and says when to ask again', async () => {
    starting = await listenWhileStarting({ host: HOST, port: 0 });
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

  it('refuses sockets, frees its port with connections open, and closes twice', async () => {
    starting = await listenWhileStarting({ host: HOST, port: 0 });
    const socket = new WebSocket(`ws://${HOST}:${starting.port}/v1/sessions/x/stream`);
    await new Promise((resolve) => socket.once('error', resolve));
    await fetch(`http://${HOST}:${starting.port}/healthz`);
    await starting.close();
    await starting.close();
    const again = await listenWhileStarting({ host: HOST, port: starting.port });
    expect(again.port).toBe(starting.port);
    await again.close();
  });

  it('says which port is taken, before it loads anything', async () => {
    starting = await listenWhileStarting({ host: HOST, port: 0 });
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
  const after = await listenWhileStarting({ host: HOST, port });
  await after.close();
});
