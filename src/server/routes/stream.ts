import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { addressKey } from '../../budget/address-key.ts';
import {
  closeReason,
  MAX_MESSAGE_BYTES,
  WebSocketConnection,
} from '../../connection/websocket/websocket-connection.ts';
import { ROLES, type Role } from '../../contract/roles.ts';
import { toVultusError, VultusError } from '../../errors.ts';
import { clientAddress } from '../client-address.ts';
import type { App, ServerContext } from '../context.ts';
import { problemOf } from '../problem.ts';

/** For the closing handshakes (RFC 6455 §7.1.2) when the server ends. */
const FAREWELL_MS = 500;

/** In WebSockets of the same address, so that coming back does not pay. */
const ABUSE_COST = 40;

const STREAM_PATH = /^\/v1\/sessions\/([^/?#]{1,100})\/stream(?:\?(.*))?$/;

/**
 * The WebSocket of each session, on the port of the HTTP server. What is wrong with the session is said by a
 * close code after the handshake, because a browser does not show the status of a refused one.
 */
export async function streamRoute(
  app: App,
  { sessions, connections, metrics, access, budgets, allowsHost, isProxy }: ServerContext,
): Promise<void> {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // Voice and video are compressed already.
    perMessageDeflate: false,
  });

  app.server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    if (!allowsHost(request.headers.host)) return refuse(socket, new VultusError('host_not_allowed'));
    const [, id, query] = STREAM_PATH.exec(request.url ?? '') ?? [];
    if (id === undefined) return refuse(socket, new VultusError('not_found'));
    const address = addressKey(clientAddress(request, isProxy));
    try {
      budgets.webSockets.take(address);
    } catch (cause) {
      return refuse(socket, toVultusError(cause));
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      try {
        const session = sessions.get(id);
        const parameters = new URLSearchParams(query);
        const role = readRole(parameters);
        const nextToken = access.connect(session, role, {
          address,
          authorization: request.headers.authorization,
          token: parameters.get('token') ?? undefined,
        });
        const connection = new WebSocketConnection(webSocket, { role, nextToken, budgets });
        connection.once('closed', (why) => {
          if (why === 'abuse') budgets.webSockets.bucket(address)?.spend(ABUSE_COST);
        });
        connections.add(session, connection);
      } catch (cause) {
        const error = toVultusError(cause);
        metrics.errors.inc({ code: error.code });
        webSocket.on('error', () => {});
        webSocket.close(error.closeCode, closeReason(error));
      }
    });
  });

  app.addHook('preClose', async () => {
    // Those whose sessions have ended are about to say why.
    const closed = [...server.clients].map(
      (client) => new Promise((resolve) => client.once('close', resolve)),
    );
    await Promise.race([Promise.all(closed), sleep(FAREWELL_MS, undefined, { ref: false })]);
    for (const client of server.clients) client.terminate();
    server.close();
  });
}

function readRole(query: URLSearchParams): Role {
  const role = query.get('role') ?? 'control';
  const known = ROLES.find((one) => one === role);
  if (!known) throw new VultusError('invalid_request', `role is ${ROLES.join(' or ')}`);
  return known;
}

function refuse(socket: Duplex, error: VultusError): void {
  const body = JSON.stringify(problemOf(error));
  const retryAfter = error.retryAfterS === undefined ? '' : `Retry-After: ${error.retryAfterS}\r\n`;
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\n${retryAfter}` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
