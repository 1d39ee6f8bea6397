import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClientMessageInput,
  parseServerMessage,
  type ServerMessage,
  serializeClientMessage,
  WIRE_VERSION,
} from '../../contract/wire.ts';
import { VultusError } from '../../errors.ts';
import { type Endpoint, type Observer, VOICE_RATE_HZ } from '../endpoint.ts';
import { VultusServer, type VultusServerOptions } from './vultus-server.ts';

const JOIN_MS = 30_000;
/** What every SCTP stack takes in one message is 16 KiB (RFC 8831 §6.6); the rest is for the envelope. */
const MOST_SAMPLES = (15 * 1024) / 2;

/** Of the answer that makes a session. */
export interface CreatedSession {
  id: string;
  streamUrl: string;
  webrtcUrl: string;
}

/** A session of a Vultus server, whichever way its messages go. An utterance is a segment. */
export abstract class SessionEndpoint implements Endpoint {
  abstract readonly name: string;
  protected readonly server: VultusServer;
  readonly #ready = Promise.withResolvers<true>();
  #observer: Observer | undefined;
  #session: string | undefined;
  #segments = 0;
  #inSegment = false;

  constructor(options: VultusServerOptions) {
    this.server = new VultusServer(options);
  }

  async join(observer: Observer): Promise<void> {
    this.#observer = observer;
    const avatarId = await this.server.avatarId();
    const session: CreatedSession = await this.server.call('POST', '/v1/sessions', { avatarId });
    this.#session = session.id;
    const joined = this.open(session, observer).then(() => this.#ready.promise);
    const late = sleep(JOIN_MS, undefined, { ref: false });
    if (!(await Promise.race([joined, late])))
      throw new VultusError('config_invalid', `${this.name}: no connection within half a minute`);
  }

  async say(samples: Int16Array): Promise<void> {
    if (!this.#inSegment) this.#segments++;
    this.#inSegment = true;
    for (let at = 0; at < samples.length; at += MOST_SAMPLES) {
      const piece = samples.subarray(at, at + MOST_SAMPLES);
      const data = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      this.#post({ type: 'audio', data, utterance: this.#utterance });
    }
  }

  async endSegment(): Promise<void> {
    this.#inSegment = false;
    this.#post({ type: 'speech.end', utterance: this.#utterance });
  }

  async clear(): Promise<void> {
    this.#post({ type: 'interrupt' });
  }

  async close(): Promise<void> {
    this.#observer = undefined;
    await this.leave();
    if (this.#session) await this.server.call('DELETE', `/v1/sessions/${this.#session}`).catch(() => {});
    this.#session = undefined;
  }

  /** Resolves when messages can be sent, and `greet` was called. */
  protected abstract open(session: CreatedSession, observer: Observer): Promise<void>;
  /** Nothing happens where the connection is not there any more. */
  protected abstract send(message: Uint8Array): void;
  /** Idempotent. */
  protected abstract leave(): Promise<void>;

  protected greet(outputs: Extract<ClientMessageInput, { type: 'hello' }>['outputs']): void {
    const audio = { encoding: 's16le', sampleRateHz: VOICE_RATE_HZ } as const;
    this.#post({ type: 'hello', version: WIRE_VERSION, audio, outputs });
  }

  /** A message that has come; returned too, for media that may be in it. */
  protected take(data: Uint8Array, atMs: number): ServerMessage {
    const message = parseServerMessage(data);
    if (message.type === 'ready' && message.version === WIRE_VERSION) this.#ready.resolve(true);
    else if (message.type === 'speech.started') this.#observer?.started(atMs);
    else if (message.type === 'speech.ended') this.#observer?.finished(message, atMs);
    else if (message.type === 'error') this.#observer?.lost(message.code);
    return message;
  }

  get #utterance(): string {
    return `segment-${this.#segments}`;
  }

  #post(message: ClientMessageInput): void {
    this.send(serializeClientMessage(message));
  }
}
