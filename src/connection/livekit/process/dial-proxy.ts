import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { TokenBucket } from '../../../budget/token-bucket.ts';
import type { DialPolicy } from '../../dial-policy.ts';

const CONNECT_PATIENCE_MS = 3000;
/** What may come by one connection, in bytes: the client keeps all of an answer, and of a message, in memory. */
const TAKEN = { ratePerS: 1_000_000, burst: 16_000_000 };
const USER = 'rooms';
/** What LiveKit's client looks at, whatever the platform. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
const EXCEPTION_VARIABLES = ['NO_PROXY', 'no_proxy'];

/**
 * The only way out of this process: a proxy on loopback (RFC 9110 §9.3.6) that dials what the policy allows, at the
 * address that it has looked at. LiveKit's client looks names up by itself, in native code; through a proxy it does not,
 * and its TLS still ends at the host that it named.
 * @returns how the client finds it
 */
export async function startDialProxy(policy: DialPolicy): Promise<string> {
  const secret = randomBytes(24).toString('hex');
  const wanted = Buffer.from(`Basic ${Buffer.from(`${USER}:${secret}`).toString('base64')}`);
  const isOurs = ({ headers }: IncomingMessage) => {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  const server = createServer((asked, answer) => {
    if (isOurs(asked)) void forward(policy, asked, answer);
    else answer.writeHead(407).end();
  });
  server.on('connect', (asked, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (isOurs(asked)) void tunnel(policy, asked.url ?? '', socket, head);
    else socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  server.unref();
  return `http://${USER}:${secret}@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Has LiveKit's client of this process go that way. */
export function useProxy(url: string): void {
  for (const name of PROXY_VARIABLES) process.env[name] = url;
  for (const name of EXCEPTION_VARIABLES) delete process.env[name];
}

async function tunnel(policy: DialPolicy, target: string, socket: Duplex, head: Buffer): Promise<void> {
  try {
    const { hostname, port } = new URL(`http://${target}`);
    const far = await dial(policy, hostname, Number(port || 80));
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    far.write(head);
    far.on('error', () => socket.destroy());
    socket.on('close', () => far.destroy());
    far.on('close', () => socket.destroy());
    bound(far);
    socket.pipe(far).pipe(socket);
  } catch {
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  }
}

/** Plain requests: by these the client asks why it was turned away. */
async function forward(policy: DialPolicy, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  try {
    const { hostname, port, pathname, search, host } = new URL(asked.url ?? '');
    const far = await dial(policy, hostname, Number(port || 80));
    const { 'proxy-authorization': _, ...headers } = asked.headers;
    const onward = request({
      createConnection: () => far,
      method: asked.method,
      path: pathname + search,
      headers: { ...headers, host, connection: 'close' },
    });
    onward.on('error', () => answer.destroy());
    onward.on('response', (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.on('error', () => answer.destroy());
      bound(came);
      came.pipe(answer);
    });
    asked.pipe(onward);
  } catch {
    answer.writeHead(502).end();
  }
}

/** Ends what brings more than is taken. */
function bound(from: Readable): void {
  const bucket = new TokenBucket(TAKEN);
  from.on('data', ({ length }: Buffer) => {
    bucket.spend(length);
    if (bucket.level < 0) from.destroy(new Error('more than is taken'));
  });
}

/** The first of its addresses that answers. Throws as the policy does, or what the last one failed with. */
async function dial(policy: DialPolicy, host: string, port: number): Promise<Socket> {
  let failure: unknown;
  for (const address of await policy.addresses(host)) {
    try {
      return await open(address, port);
    } catch (cause) {
      failure = cause;
    }
  }
  throw failure;
}

function open(host: string, port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port });
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_PATIENCE_MS);
  socket.once('connect', () => {
    clearTimeout(timer);
    resolve(socket);
  });
  socket.once('error', (cause) => {
    clearTimeout(timer);
    reject(cause);
  });
  return promise;
}
