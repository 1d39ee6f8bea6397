import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { pythonLacks } from '../support/python.ts';
import { expectAsDescribed } from './targets/openapi.ts';

const SLOW_MS = 110_000;
const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'A server', version: '1' },
  paths: {
    '/sessions': {
      get: {
        responses: {
          200: { description: 'All', content: { 'application/json': { schema: { type: 'object' } } } },
          503: { description: 'Full', content: { 'application/problem+json': { schema: {} } } },
        },
      },
    },
  },
};

const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** That answers so, whatever it says of itself. */
async function serve(status: number, type: string, body: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/docs/json') response.setHeader('content-type', 'application/json');
    else response.writeHead(status, { 'content-type': type });
    response.end(url === '/docs/json' ? JSON.stringify(DOCUMENT) : body);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.skipIf(pythonLacks('schemathesis')).each([
  ['as described', 200, 'application/json', '{}', undefined],
  ['full, as described', 503, 'application/problem+json', '{}', undefined],
  ['a fault of its own', 500, 'application/problem+json', '{}', /Undocumented status code/],
  ['another status', 404, 'application/problem+json', '{}', /Undocumented status code/],
  ['another type', 503, 'application/json', '{}', /Undocumented Content-Type/],
  ['another shape', 200, 'application/json', '[]', /violates schema/],
] as const)('an answer that is %s', { timeout: SLOW_MS }, async (_, status, type, body, finding) => {
  const found = expectAsDescribed(await serve(status, type, body), { seed: 1, seconds: 2 });
  if (finding) await expect(found).rejects.toThrow(finding);
  else await found;
});
