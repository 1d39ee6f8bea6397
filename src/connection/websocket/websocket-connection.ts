import { EventEmitter } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import { type Budgets, createBudgets } from '../../budget/budgets.ts';
import { Containment } from '../../containment.ts';
import type { Role } from '../../contract/roles.ts';
import { parseServerMessage, type ServerMessage } from '../../contract/wire.ts';
import { VultusError } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { Attachment } from '../attachment.ts';
import type { CloseReason, Connection, ConnectionEvents } from '../connection.ts';
import { SessionChannel } from '../session-channel.ts';

/** Largest message a client may send: a megabyte of voice and its envelope. */
export const MAX_MESSAGE_BYTES = (1 << 20) + 1024;

/** A peer that answers no ping for this long is gone. */
const PING_INTERVAL_MS = 10_000;
/** With more than this much video waiting, pictures are dropped until the peer has caught up. */
const HIGH_WATER_S = 1;
/** At least a key frame of every size must fit. */
const LEAST_HIGH_WATER_BYTES = 256_000;
/** From here on the connection is given up. */
const GIVE_UP_BYTES = 8_000_000;
/** A ping of the peer is answered, too (RFC 6455 §5.5.2). */
const PING_COST = 1;
/** For the closing handshake, after which the socket is cut. */
const FAREWELL_MS = 2000;
/** A peer that floods is not read any more: only our half of the handshake goes out. */
const FAREWELL_OF_ABUSE_MS = 500;
/** RFC 6455 §5.5: a control frame carries at most 125 bytes, two of them the code. */
const MAX_REASON_BYTES = 123;

/** `code: sentence`, cut to what a close frame holds. */
export function closeReason(error: VultusError): string {
  const bytes = Buffer.from(`${error.code}: ${error.message}`).subarray(0, MAX_REASON_BYTES);
  return bytes.toString('utf8').replace(/\uFFFD+$/, '');
}

/** One WebSocket (RFC 6455) of a session; binary MessagePack in both directions. Owns its socket. */
export class WebSocketConnection extends EventEmitter<ConnectionEvents> implements Connection {
  readonly kind = 'websocket';
  readonly joined = true;
  readonly role: Role;
  readonly #nextToken: string | undefined;
  readonly #socket: WebSocket;
  readonly #budgets: Budgets;
  readonly #walls = new Containment((error) => this.#end('failed', error));
  #attachment: Attachment | undefined;
  #channel: SessionChannel | undefined;
  readonly #ping: NodeJS.Timeout;
  #highWaterBytes = LEAST_HIGH_WATER_BYTES;
  #answered = true;
  /** Pictures are dropped until the next key frame: first until there is room, then until it comes. */
  #dropping: 'no' | 'full' | 'waiting for key frame' = 'no';
  #closed = false;

  /** `budgets`: those of the server; default: of its own. */
  constructor(
    socket: WebSocket,
    {
      role = 'control',
      nextToken,
      budgets = createBudgets(),
    }: { role?: Role; nextToken?: string; budgets?: Budgets } = {},
  ) {
    super();
    this.role = role;
    this.#nextToken = nextToken;
    this.#socket = socket;
    this.#budgets = budgets;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => this.#walls.run(() => this.#receive(data, isBinary)));
    socket.on('ping', () => this.#walls.run(() => this.#channel?.charge(PING_COST)));
    socket.on('pong', () => {
      this.#answered = true;
    });
    // Protocol errors and resets: ws closes the socket by itself, with the code that RFC 6455 names.
    socket.on('error', () => {});
    socket.once('close', () => this.#finish('peer left'));
    this.#ping = this.#walls.enter(() => setInterval(() => this.#checkAlive(), PING_INTERVAL_MS).unref());
  }

  get closed(): boolean {
    return this.#closed;
  }

  attach(session: SessionApi): void {
    const attachment = new Attachment(session, this.#walls);
    this.#attachment = attachment;
    const { bitrateKbps } = session.settings;
    this.#highWaterBytes = Math.max(LEAST_HIGH_WATER_BYTES, (bitrateKbps / 8) * 1000 * HIGH_WATER_S);
    this.#channel = new SessionChannel(attachment, (message, kind) => this.#send(message, kind), {
      role: this.role,
      nextToken: this.#nextToken,
      media: true,
      budgets: this.#budgets,
      flow: this.#socket,
      onAbuse: (error) => this.#end('abuse', error),
      onEnd: (error) => this.#end('session closed', error),
    });
  }

  close(reason = new VultusError('session_closed')): void {
    this.#end('closed', reason);
  }

  /** Closes with the code and the sentence of an error. Idempotent. */
  #end(why: CloseReason, error: VultusError): void {
    if (this.#closed) return;
    this.#socket.close(error.closeCode, closeReason(error));
    if (why === 'abuse') this.#socket.pause();
    const farewellMs = why === 'abuse' ? FAREWELL_OF_ABUSE_MS : FAREWELL_MS;
    setTimeout(() => this.#socket.terminate(), farewellMs).unref();
    this.#finish(why, error);
  }

  #finish(why: CloseReason, error?: VultusError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ping);
    this.#channel?.close();
    this.#attachment?.close();
    this.emit('closed', why, error);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#closed) return;
    // The answer to a ping may be far behind what a peer has sent before.
    this.#answered = true;
    if (isBinary) this.#channel?.receive(data as Buffer);
    else
      this.#end(
        'peer left',
        new VultusError('invalid_message', 'text frame; messages are binary MessagePack'),
      );
  }

  #send(message: Uint8Array, kind: ServerMessage['type']): void {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount > GIVE_UP_BYTES) {
      this.#end('connection lost', new VultusError('connection_too_slow'));
    } else if (!this.#drops(message, kind, bufferedAmount)) {
      this.#socket.send(message, { binary: true });
    }
  }

  /** Late pictures are dropped, never queued up. One that stands by itself goes where less than another waits. */
  #drops(message: Uint8Array, kind: ServerMessage['type'], bufferedBytes: number): boolean {
    // Of no use to speech recognition any more; its times tell what is missing.
    if (kind === 'user.audio') return bufferedBytes > this.#highWaterBytes;
    if (kind === 'picture') return bufferedBytes >= message.length;
    return kind === 'video' && this.#dropsVideo(message, bufferedBytes);
  }

  /**
   * A decoder cannot go on after a gap, so everything up to the next key frame goes too, and that is asked for once
   * there is room again.
   */
  #dropsVideo(message: Uint8Array, bufferedBytes: number): boolean {
    if (bufferedBytes > this.#highWaterBytes) this.#dropping = 'full';
    if (this.#dropping === 'no') return false;
    if (this.#dropping === 'full' && bufferedBytes < this.#highWaterBytes / 4) {
      this.#dropping = 'waiting for key frame';
      this.#channel?.requestKeyFrame();
    }
    if (this.#dropping === 'full' || !isKeyPicture(message)) return true;
    this.#dropping = 'no';
    return false;
  }

  #checkAlive(): void {
    if (this.#answered || this.#socket.isPaused) {
      this.#answered = false;
      this.#socket.ping();
    } else {
      this.#socket.terminate();
      this.#finish('connection lost');
    }
  }
}

function isKeyPicture(message: Uint8Array): boolean {
  const parsed = parseServerMessage(message);
  return parsed.type === 'video' && parsed.key;
}
