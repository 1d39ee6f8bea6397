import { afterEach, expect, it } from 'vitest';
import { scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
afterEach(() => server.close());

it.each(['/', '/docs/static/index.html', '/v1/avatars', '/nowhere'])(
  'tells browsers what they may do with %s',
  async (url) => {
    server = await scriptedServer();
    const { headers } = await server.inject('GET', url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).toMatch(/script-src 'self' blob: 'wasm-unsafe-eval';/);
    // The server may well be reached without TLS.
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers).not.toHaveProperty('strict-transport-security');
  },
);

it('lets pages of named origins show pictures of its own', async () => {
  server = await scriptedServer({ corsOrigins: 'https://a.example' });
  const { headers } = await server.inject('GET', '/v1/avatars/own/preview');
  expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
});
