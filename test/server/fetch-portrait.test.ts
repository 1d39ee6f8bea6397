import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DialPolicy } from '../../src/connection/dial-policy.ts';
import { fetchPortrait } from '../../src/server/fetch-portrait.ts';

describe('a portrait from its address', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(request.url!);
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const here = new DialPolicy(['127.0.0.1']);

  it('is fetched, also by way of a redirect', async () => {
    answer = ({ url: path }, response) =>
      path === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end('picture');
    expect((await fetchPortrait(`${url}/a`, here)).toString()).toBe('picture');
    expect(asked).toEqual(['/a', '/b']);
  });

  it('is not fetched of a private address, unless the operator allows it', async () => {
    await expect(fetchPortrait(url, new DialPolicy(['public']))).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
    expect(asked).toEqual([]);
  });

  it('is dialled at the address that was looked at, and not looked up again', async () => {
    answer = (_request, response) => response.end('picture');
    const known = async () => ['127.0.0.1'];
    const policy = new DialPolicy(['face.example'], { local: known, remote: known });
    const { port } = new URL(url);
    expect((await fetchPortrait(`http://face.example:${port}/`, policy)).toString()).toBe('picture');
  });

  it.each(['http://localhost:1/', 'http://[::1]/', 'http://169.254.169.254/latest', 'http://2130706434:1/'])(
    'is not fetched where it is redirected to %s',
    async (location) => {
      answer = (_request, response) => response.writeHead(302, { location }).end();
      await expect(fetchPortrait(url, here)).rejects.toMatchObject({ code: 'address_not_allowed' });
      expect(asked).toHaveLength(1);
    },
  );

  it.each([
    ['file:///etc/passwd', 'address_unknown'],
    ['data:image/png;base64,AAAA', 'address_unknown'],
    ['no address', 'address_unknown'],
  ])('has an address of http or https: %s', async (address, code) => {
    await expect(fetchPortrait(address, here)).rejects.toMatchObject({ code });
  });

  it('is no file by way of a redirect', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await expect(fetchPortrait(url, here)).rejects.toMatchObject({ code: 'address_unknown' });
  });

  it('is given up where it goes round in circles, is not there, or does not come', async () => {
    answer = (_request, response) => response.writeHead(302, { location: url }).end();
    await expect(fetchPortrait(url, here)).rejects.toMatchObject({ code: 'portrait_unreachable' });
    expect(asked).toHaveLength(4);
    answer = (_request, response) => response.writeHead(404).end();
    await expect(fetchPortrait(url, here)).rejects.toMatchObject({ detail: 'answered with status 404' });
    answer = (_request, response) => void response.writeHead(200).write('pict');
    await expect(fetchPortrait(url, here, { patienceMs: 200 })).rejects.toMatchObject({ detail: 'too slow' });
    server.closeAllConnections();
    server.close();
    await expect(fetchPortrait(url, here)).rejects.toMatchObject({ code: 'portrait_unreachable' });
  });

  it('is given up where it is larger than a portrait may be', async () => {
    const megabyte = Buffer.alloc(1 << 20);
    answer = (_request, response) => {
      const more = () => !response.destroyed && response.write(megabyte, () => more());
      more();
    };
    await expect(fetchPortrait(url, here)).rejects.toMatchObject({ code: 'portrait_too_many_bytes' });
  });
});
