import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** A server of a speaking model that says what a test tells it to: JSON over a WebSocket, as Realtime and Live do. */
export class ScriptedModel {
  /** All that its client has said. */
  readonly received: Record<string, unknown>[] = [];
  /** The client's end. */
  readonly socket: WebSocket;
  readonly #server: WebSocketServer;
  readonly #peer: WebSocket;
  readonly #binary: boolean;

  private constructor(server: WebSocketServer, socket: WebSocket, peer: WebSocket, binary: boolean) {
    this.#server = server;
    this.socket = socket;
    this.#peer = peer;
    this.#binary = binary;
    peer.on('message', (data) => this.received.push(JSON.parse(String(data))));
  }

  /** `binary`: its messages are binary, as those of Google's server. */
  static async start({ binary = false } = {}): Promise<ScriptedModel> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [[peer]] = await Promise.all([accepted, once(socket, 'open')]);
    return new ScriptedModel(server, socket, peer as WebSocket, binary);
  }

  /** Resolves when the client has heard it. */
  async say(...events: object[]): Promise<void> {
    for (const event of events) this.#peer.send(JSON.stringify(event), { binary: this.#binary });
    const heard = once(this.socket, 'pong');
    this.socket.ping();
    await heard;
  }

  async stop(): Promise<void> {
    this.socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Voice of 24 kHz, s16le, as models give it. */
export const base64Voice = (ms: number, value = 1000) =>
  Buffer.from(new Int16Array(Math.round(24 * ms)).fill(value).buffer).toString('base64');
