import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  WorkerMessage,
  WorkerPing,
} from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import { type RawData, WebSocket } from 'ws';

/** Whose rooms are served, and by which name. */
export interface AgentRegistration {
  /** Of the LiveKit server: ws, wss, http or https. */
  url: string;
  apiKey: string;
  apiSecret: string;
  agentName: string;
  version: string;
}

export type ToServer = WorkerMessage['message'];
export type FromServer = ServerMessage['message'];

interface AgentChannelEvents {
  registered: [workerId: string];
  message: [FromServer];
  /** Tried again by itself; `detail` has no secret. */
  lost: [detail: string];
}

const PING_MS = 2500;
/** Each ping is answered; a server that is silent for so long has gone without a word. */
const SILENCE_MS = 10_000;
const RETRY_MS = { least: 250, most: 10_000 };
const MAX_MESSAGE_BYTES = 1 << 20;

/** The socket of a worker at a LiveKit server's `/agent`: registered there, and again whenever it was lost. */
export class AgentChannel extends EventEmitter<AgentChannelEvents> {
  readonly #registration: AgentRegistration;
  #socket: WebSocket | undefined;
  #registered = false;
  #tries = 0;
  #lastHeardMs = 0;
  #pings: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(registration: AgentRegistration) {
    super();
    this.#registration = registration;
  }

  /** Begins to dial. */
  start(): void {
    void this.#dial();
  }

  /** What is said while nobody is registered is not said. */
  send(message: ToServer): void {
    if (this.#registered) this.#write(message);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#pings);
    this.#socket?.close();
  }

  async #dial(): Promise<void> {
    const { url, apiKey, apiSecret } = this.#registration;
    const token = new AccessToken(apiKey, apiSecret, { ttl: '10m' });
    token.addGrant({ agent: true });
    const headers = { authorization: `Bearer ${await token.toJwt()}` };
    if (this.#closed) return;
    const address = new URL(`${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/agent`);
    const socket = new WebSocket(address, {
      headers,
      handshakeTimeout: SILENCE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.#socket = socket;
    let why = '';
    socket.on('open', () => this.#register());
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', ({ message }) => {
      why = message;
    });
    socket.on('close', (code) => this.#lose(why || `closed with ${code}`));
  }

  #register(): void {
    const { agentName, version } = this.#registration;
    this.#lastHeardMs = performance.now();
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
    this.#write({
      case: 'register',
      value: new RegisterWorkerRequest({
        type: JobType.JT_ROOM,
        agentName,
        version,
        pingInterval: Math.ceil(PING_MS / 1000),
        allowedPermissions: new ParticipantPermission({
          canPublish: true,
          canPublishData: true,
          canSubscribe: true,
          canUpdateMetadata: true,
          agent: true,
        }),
      }),
    });
  }

  #ping(): void {
    if (performance.now() - this.#lastHeardMs > SILENCE_MS) this.#socket?.terminate();
    else this.#write({ case: 'ping', value: new WorkerPing({ timestamp: BigInt(Date.now()) }) });
  }

  #receive(data: RawData): void {
    this.#lastHeardMs = performance.now();
    let message: FromServer;
    try {
      ({ message } = ServerMessage.fromBinary(new Uint8Array(data as Buffer)));
    } catch {
      // No server of LiveKit's: it is tried again.
      this.#socket?.terminate();
      return;
    }
    if (message.case === 'register') {
      this.#registered = true;
      this.#tries = 0;
      this.emit('registered', message.value.workerId);
    } else this.emit('message', message);
  }

  #write(message: ToServer): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(new WorkerMessage({ message }).toBinary());
  }

  #lose(detail: string): void {
    clearInterval(this.#pings);
    this.#registered = false;
    if (this.#closed) return;
    const { least, most } = RETRY_MS;
    const usual = Math.min(most, least * 2 ** this.#tries++);
    // Not all at once, where a server that many use comes back.
    this.#retry = setTimeout(() => void this.#dial(), randomInt(usual / 2, usual + 1)).unref();
    this.emit('lost', detail);
  }
}
