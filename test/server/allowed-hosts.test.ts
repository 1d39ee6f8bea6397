import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { hostCheck } from '../../src/server/allowed-hosts.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { scriptedServer } from '../support/scripted-server.ts';

describe('hostCheck', () => {
  const trusting = hostCheck({ host: 'localhost', apiKey: undefined, allowedHosts: ['avatar.example'] });

  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST',
    '127.0.0.1:1',
    '127.1.2.3',
    '[::1]:8080',
    'Avatar.Example:443',
  ])('lets %s through', (header) => expect(trusting(header)).toBe(true));

  it.each([
    undefined,
    '',
    'rebound.example',
    'localhost.rebound.example',
    '127.0.0.1.rebound.example',
    '127.evil',
    'user@localhost',
    '[::2]',
    '::1',
    '10.0.0.1',
  ])('refuses %s', (header) => expect(trusting(header)).toBe(false));

  it('asks nothing of a server that is open to the network or has a key, unless hosts are named', () => {
    expect(hostCheck({ host: '0.0.0.0', apiKey: undefined, allowedHosts: [] })('any.example')).toBe(true);
    expect(hostCheck({ host: 'localhost', apiKey: 'a long key', allowedHosts: [] })('any.example')).toBe(
      true,
    );
    const named = hostCheck({ host: '0.0.0.0', apiKey: 'a long key', allowedHosts: ['avatar.example'] });
    expect(named('any.example')).toBe(false);
    expect(named('avatar.example')).toBe(true);
  });
});

describe('a server on localhost without a key', () => {
  let server: Awaited<ReturnType<typeof scriptedServer>> | undefined;
  afterEach(() => server?.close());

  it('answers requests and upgrades for other hosts with 421', async () => {
    server = await scriptedServer();
    const headers = { host: 'rebound.example' };
    for (const url of ['/', '/v1/avatars', '/docs/json', '/healthz', '/nothing']) {
      expectProblem(await server.inject('GET', url, { headers }), 'host_not_allowed');
    }
    const { hostname, port } = new URL(await server.listen());
    const status = await new Promise((resolve) => {
      const upgrade = { ...headers, connection: 'Upgrade', upgrade: 'websocket' };
      request({ host: hostname, port, path: '/v1/sessions/x/stream', headers: upgrade })
        .on('response', ({ statusCode }) => resolve(statusCode))
        .end();
    });
    expect(status).toBe(421);
  });
});
