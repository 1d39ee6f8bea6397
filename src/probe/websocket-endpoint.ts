import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  type ClientMessageInput,
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
  WIRE_VERSION,
} from '../contract/wire.ts';
import { VultusError } from '../errors.ts';
import { type Endpoint, type Observer, VOICE_RATE_HZ } from './endpoint.ts';

const JOIN_MS = 30_000;

export interface WebSocketEndpointOptions {
  /** Of the server. */
  url: string;
  apiKey?: string | undefined;
  /** Default: its first. */
  avatarId?: string | undefined;
}

/** A session of a Vultus server by its WebSocket: pictures and voice come whole. An utterance is a segment. */
export class WebSocketEndpoint implements Endpoint {
  readonly name: string;
  readonly #options: WebSocketEndpointOptions;
  #socket: WebSocket | undefined;
  #session: string | undefined;
  #segments = 0;
  #inSegment = false;

  constructor(options: WebSocketEndpointOptions) {
    this.#options = options;
    this.name = `Vultus server ${options.url}, WebSocket`;
  }

  async join(observer: Observer): Promise<void> {
    const avatarId = this.#options.avatarId ?? (await this.#call('GET', '/v1/avatars')).avatars[0]?.id;
    const session = await this.#call('POST', '/v1/sessions', { avatarId });
    this.#session = session.id;
    const socket = new WebSocket(new URL(session.streamUrl, this.#options.url), {
      headers: this.#headers(),
      handshakeTimeout: JOIN_MS,
    });
    this.#socket = socket;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    socket.on('message', (data) => {
      const atMs = performance.now();
      const message = parseServerMessage(data as Buffer);
      if (message.type === 'ready' && message.version === WIRE_VERSION) resolve();
      tell(observer, message, atMs);
    });
    socket.on('close', (code) => observer.lost(`the socket was closed with ${code}`));
    await once(socket, 'open');
    this.#send({
      type: 'hello',
      version: WIRE_VERSION,
      audio: { encoding: 's16le', sampleRateHz: VOICE_RATE_HZ },
      outputs: { picture: 'i420', voice: { encoding: 's16le', sampleRateHz: 48_000 } },
    });
    await ready;
  }

  async say(samples: Int16Array): Promise<void> {
    if (!this.#inSegment) this.#segments++;
    this.#inSegment = true;
    const data = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    this.#send({ type: 'audio', data, utterance: this.#name });
  }

  async endSegment(): Promise<void> {
    this.#inSegment = false;
    this.#send({ type: 'speech.end', utterance: this.#name });
  }

  async clear(): Promise<void> {
    this.#send({ type: 'interrupt' });
  }

  async close(): Promise<void> {
    this.#socket?.removeAllListeners('close');
    this.#socket?.close();
    if (this.#session) await this.#call('DELETE', `/v1/sessions/${this.#session}`).catch(() => {});
    this.#session = undefined;
  }

  get #name(): string {
    return `segment-${this.#segments}`;
  }

  #send(message: ClientMessageInput): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(serializeClientMessage(message));
  }

  #headers(): Record<string, string> {
    const { apiKey } = this.#options;
    return apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  }

  async #call(method: string, path: string, body?: unknown) {
    const response = await fetch(new URL(path, this.#options.url), {
      method,
      headers: body ? { ...this.#headers(), 'content-type': 'application/json' } : this.#headers(),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new VultusError('config_invalid', `${method} ${path}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }
}

function tell(observer: Observer, message: ServerMessage, atMs: number): void {
  if (message.type === 'picture') observer.picture(message, atMs);
  else if (message.type === 'voice') observer.sound(toFloat(message.data), 48_000, atMs);
  else if (message.type === 'speech.started') observer.started(atMs);
  else if (message.type === 'speech.ended') observer.finished(message, atMs);
  else if (message.type === 'error') observer.lost(message.code);
}

/** s16le, as it lies in a larger message. */
function toFloat(data: Uint8Array): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: data.byteLength >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}
