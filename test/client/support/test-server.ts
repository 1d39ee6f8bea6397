/**
 * A server for the tests of the client: real HTTP (fastify) and real WebSockets (ws) with the real wire schema,
 * but no engine behind it. It keeps every message that came in and says what a test tells it to.
 */
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { ERRORS, type ErrorCode } from '../../../src/contract/error-codes.ts';
import {
  type ClientMessage,
  parseClientMessage,
  type ServerMessage,
  serializeServerMessage,
  WIRE_VERSION,
} from '../../../src/contract/wire.ts';

export const READY: ServerMessage = {
  type: 'ready',
  version: WIRE_VERSION,
  sessionId: 's1',
  video: { codec: 'avc1.42001f', width: 256, height: 256, fps: 25 },
  voice: { codec: 'opus', sampleRateHz: 48000, channels: 1 },
  delayMs: 160,
};

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

export class TestServer {
  readonly app: FastifyInstance;
  readonly requests: ReceivedRequest[] = [];
  readonly messages: ClientMessage[] = [];
  /** What to do with each message; by default `hello` is answered with `ready` and `ping` with `pong`. */
  onMessage: (message: ClientMessage, peer: Peer) => void = (message, peer) => {
    if (message.type === 'hello') peer.send(READY);
    if (message.type === 'ping') peer.send({ type: 'pong', id: message.id });
  };
  peer: Peer | undefined;
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor() {
    this.app = fastify({ forceCloseConnections: true });
    this.app.addContentTypeParser(
      /^(image\/|application\/octet-stream)/,
      { parseAs: 'buffer' },
      (_r, body, done) => done(null, body),
    );
    this.app.addHook('preHandler', async (request) => {
      const { method, url, headers, body } = request;
      this.requests.push({ method, url, headers, body });
    });
    this.app.server.on('upgrade', (request, socket, head) => {
      if (request.url !== '/v1/sessions/s1/stream') {
        socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket));
    });
  }

  static async start(routes: (app: FastifyInstance) => void = () => {}): Promise<TestServer> {
    const server = new TestServer();
    routes(server.app);
    await server.app.listen({ port: 0, host: '127.0.0.1' });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    await this.app.close();
  }

  #accept(socket: WebSocket): void {
    const peer = new Peer(socket);
    this.peer = peer;
    socket.on('message', (data: Buffer) => {
      const message = parseClientMessage(data);
      this.messages.push(message);
      this.onMessage(message, peer);
    });
  }
}

export class Peer {
  readonly socket: WebSocket;
  /** Resolves with what the client closed with. */
  readonly closed: Promise<number>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  send(message: ServerMessage): void {
    this.socket.send(serializeServerMessage(message));
  }
}

/** The problem answer that the real server gives for a code. */
export function problem(code: ErrorCode, detail?: string) {
  const { status, help } = ERRORS[code];
  return { type: `about:blank#${code}`, title: help, status, code, ...(detail ? { detail } : {}) };
}
