/** What stands on the server's port while the engine loads; a GPU's first start takes minutes. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import packageFile from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { VultusError } from '../errors.ts';
import { corsAnswer } from './cors.ts';
import { cannotListen, problemOf } from './problem.ts';

export interface StartingServer {
  /** The port that was asked for, or for 0 the one that was given. */
  readonly port: number;
  /** Frees the port. Idempotent. */
  close(): Promise<void>;
}

/**
 * `/healthz` says that the process lives; everything else, `/readyz` too, is answered with `starting`, which
 * the pages of `corsOrigins` may read.
 * @throws VultusError `config_invalid` where the port is taken or the address is not of this machine
 */
export async function listenWhileStarting({
  host,
  port,
  corsOrigins,
}: Pick<Config, 'host' | 'port' | 'corsOrigins'>): Promise<StartingServer> {
  const server = createServer((request, response) => {
    const { headers, isPreflight } = corsAnswer(corsOrigins, request);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isPreflight) response.writeHead(204, { connection: 'close' }).end();
    else if (request.url === '/healthz')
      send(response, 200, 'application/json', { status: 'starting', version: packageFile.version });
    else {
      const error = new VultusError('starting');
      response.setHeader('retry-after', error.retryAfterS ?? 1);
      send(response, error.status, 'application/problem+json', problemOf(error));
    }
  });
  // Frees a program that waits for an answer to something else than HTTP.
  server.on('upgrade', (_, socket) => socket.destroy());
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw cannotListen({ host, port }, cause as Error);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Without keep-alive: the server that takes over knows nothing of these connections. */
function send(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': type, connection: 'close' }).end(JSON.stringify(body));
}
