import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DialPolicy } from '../../../../src/connection/dial-policy.ts';
import { startDialProxy } from '../../../../src/connection/livekit/process/dial-proxy.ts';

const MORE_THAN_ANYBODY_NEEDS = 60_000_000;
const PIECE = Buffer.alloc(65_536);

const endless = createServer((_asked, answer) => {
  const write = () => {
    while (!answer.destroyed && answer.write(PIECE));
  };
  answer.on('drain', write).on('error', () => {});
  write();
});
let far: string;
let proxy: URL;
let headers: Record<string, string>;
beforeAll(async () => {
  await once(endless.listen(0, '127.0.0.1'), 'listening');
  far = `127.0.0.1:${(endless.address() as AddressInfo).port}`;
  proxy = new URL(await startDialProxy(new DialPolicy(['127.0.0.1'])));
  const proof = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64');
  headers = { 'proxy-authorization': `Basic ${proof}` };
});
afterAll(() => {
  endless.closeAllConnections();
  endless.close();
});

/** How much comes until the end; beyond `MORE_THAN_ANYBODY_NEEDS` nobody waits for it. */
async function taken(from: NodeJS.ReadableStream & { destroy(): unknown }): Promise<number> {
  let bytes = 0;
  const ended = new Promise((resolve) => from.on('error', resolve).on('close', resolve));
  from.on('data', ({ length }: Buffer) => {
    bytes += length;
    if (bytes > MORE_THAN_ANYBODY_NEEDS) from.destroy();
  });
  await ended;
  return bytes;
}

it('an answer without end is ended, for the client would keep all of it', async () => {
  const asked = request({ host: proxy.hostname, port: proxy.port, path: `http://${far}/`, headers }).end();
  const [answer] = await once(asked, 'response');
  expect(await taken(answer)).toBeLessThan(MORE_THAN_ANYBODY_NEEDS);
});

it('so is a tunnel', async () => {
  const { hostname: host, port } = proxy;
  const asked = request({ host, port, method: 'CONNECT', path: far, headers }).end();
  const [, socket] = (await once(asked, 'connect')) as [unknown, Socket];
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await taken(socket)).toBeLessThan(MORE_THAN_ANYBODY_NEEDS);
});
