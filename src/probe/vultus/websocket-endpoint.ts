import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Observer } from '../endpoint.ts';
import { type CreatedSession, SessionEndpoint } from './session-endpoint.ts';

const VOICE_OUT_RATE_HZ = 48_000;

/** A session by its WebSocket: pictures and voice come whole. */
export class WebSocketEndpoint extends SessionEndpoint {
  readonly name = `Vultus server ${this.server.url}, WebSocket`;
  #socket: WebSocket | undefined;

  protected async open({ streamUrl }: CreatedSession, observer: Observer): Promise<void> {
    const { url, headers } = this.server;
    const socket = new WebSocket(new URL(streamUrl, url), { headers });
    this.#socket = socket;
    socket.on('message', (data) => {
      const atMs = performance.now();
      const message = this.take(data as Buffer, atMs);
      if (message.type === 'picture') observer.picture(message, atMs);
      else if (message.type === 'voice') observer.sound(toFloat(message.data), VOICE_OUT_RATE_HZ, atMs);
    });
    socket.on('close', (code) => observer.lost(`the socket was closed with ${code}`));
    await once(socket, 'open');
    this.greet({ picture: 'i420', voice: { encoding: 's16le', sampleRateHz: VOICE_OUT_RATE_HZ } });
  }

  protected send(message: Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  protected async leave(): Promise<void> {
    this.#socket?.removeAllListeners('close');
    this.#socket?.close();
  }
}

/** s16le, as it lies in a larger message. */
function toFloat(data: Uint8Array): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: data.byteLength >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}
