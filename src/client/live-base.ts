import type { ControlsPatch } from '../contract/controls.ts';
import type { AudioFormat } from '../contract/formats.ts';
import { parseServerMessage, serializeClientMessage } from '../contract/wire/client-end.ts';
import type { ClientMessageInput } from '../contract/wire/client-messages.ts';
import { WIRE_VERSION } from '../contract/wire/protocol.ts';
import type { ServerMessage } from '../contract/wire/server-messages.ts';
import { VultusClientError } from './client-error.ts';
import { Emitter } from './emitter.ts';
import type { LiveConnection, LiveEvents, Message, ReadyInfo, UtteranceOptions } from './live-connection.ts';
import { voiceBytes } from './pcm.ts';

/** Of a message, around its text. */
const ENVELOPE_BYTES = 64;

/** An error that the server reported this shortly before the end is the reason for it. */
const EXPLAINS_CLOSE_MS = 1000;

/** What both routes share: the messages. A route adds how bytes travel and how a microphone gets in. */
export abstract class LiveBase extends Emitter<LiveEvents> implements LiveConnection {
  abstract readonly route: 'webrtc' | 'websocket';
  readonly sessionId: string;
  readonly audio: AudioFormat;
  #ready: ReadyInfo | undefined;
  #readyWaiters: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #state: Message<'state'>['state'] = 'idle';
  #closed = false;
  #lastError: { error: VultusClientError; at: number } | undefined;
  readonly #pings = new Map<number, (roundTripMs: number) => void>();
  #pingId = 0;

  protected constructor(sessionId: string, audio: AudioFormat) {
    super();
    this.sessionId = sessionId;
    this.audio = audio;
  }

  /** Of voice in one message. */
  protected abstract readonly maxMessageBytes: number;
  /** Of any message. */
  protected abstract readonly largestMessageBytes: number;
  protected abstract transmit(bytes: Uint8Array<ArrayBuffer>): void;
  /** Ends the route's own resources; called exactly once. */
  protected abstract release(): void;
  abstract readonly bufferedBytes: number;
  abstract setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void>;

  get ready(): ReadyInfo {
    if (!this.#ready) throw new VultusClientError('connection_closed', 'The connection is not ready yet.');
    return this.#ready;
  }

  get state(): Message<'state'>['state'] {
    return this.#state;
  }

  get closed(): boolean {
    return this.#closed;
  }

  speak(voice: Float32Array | Int16Array | Uint8Array, { utterance }: UtteranceOptions = {}): void {
    const name = utterance !== undefined && { utterance };
    if (this.audio.encoding === 'opus') {
      if (!(voice instanceof Uint8Array)) {
        throw new VultusClientError(
          'invalid_audio',
          'This connection announced Opus: give one packet as bytes.',
        );
      }
      this.send({ type: 'audio', data: voice, ...name });
      return;
    }
    this.#sendPieces(voice, { ...name });
  }

  /** From a microphone, so that the server may shorten pauses where it has fallen behind. */
  protected sendMicrophone(voice: Float32Array): void {
    this.#sendPieces(voice, { live: true });
  }

  #sendPieces(voice: Float32Array | Int16Array | Uint8Array, what: UtteranceOptions | { live: true }): void {
    const bytes = voiceBytes(voice);
    for (let at = 0; at < bytes.length; at += this.maxMessageBytes) {
      const data = bytes.subarray(at, at + this.maxMessageBytes);
      this.send({ type: 'audio', data, ...what });
    }
  }

  endSpeech({ utterance }: UtteranceOptions = {}): void {
    this.send({ type: 'speech.end', ...(utterance !== undefined && { utterance }) });
  }

  interrupt({ utterance }: UtteranceOptions = {}): void {
    this.send({ type: 'interrupt', ...(utterance !== undefined && { utterance }) });
  }

  pause(): void {
    this.send({ type: 'pause' });
  }

  resume(): void {
    this.send({ type: 'resume' });
  }

  setControls(controls: ControlsPatch): void {
    this.send({ type: 'control', controls });
  }

  setBackground(background: string): void {
    if (background.length > this.largestMessageBytes - ENVELOPE_BYTES) {
      throw new VultusClientError(
        'background_too_large',
        `This route carries at most ${this.largestMessageBytes} bytes in one message; take a smaller picture.`,
      );
    }
    this.send({ type: 'background', background });
  }

  requestKeyFrame(): void {
    this.send({ type: 'keyframe' });
  }

  ping(): Promise<number> {
    const id = ++this.#pingId;
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      this.#pings.set(id, () => {
        end();
        resolve(performance.now() - sentAt);
      });
      const end = this.once('closed', ({ error }) => {
        this.#pings.delete(id);
        reject(error ?? new VultusClientError('connection_closed', 'The connection was closed.'));
      });
      this.send({ type: 'ping', id });
    });
  }

  report(error: VultusClientError): void {
    if (!this.#closed) this.emit('error', error);
  }

  close(): void {
    this.finish(undefined);
  }

  protected send(message: ClientMessageInput): void {
    if (this.#closed) {
      throw new VultusClientError('connection_closed', 'The connection is closed.');
    }
    this.transmit(serializeClientMessage(message));
  }

  /** Resolves when `ready` has come; rejects when the connection ends, takes too long or is aborted. */
  protected async untilReady(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const waiting = Promise.withResolvers<void>();
    this.#readyWaiters = waiting;
    const timer = setTimeout(() => {
      waiting.reject(
        new VultusClientError('connect_timeout', `The session was not ready within ${timeoutMs / 1000} s.`),
      );
    }, timeoutMs);
    const abort = () => waiting.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await waiting.promise;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#readyWaiters = undefined;
    }
  }

  protected receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    let message: ServerMessage;
    try {
      message = parseServerMessage(bytes);
    } catch (cause) {
      this.emit(
        'error',
        new VultusClientError('invalid_server_message', 'A message of the server cannot be read.', { cause }),
      );
      return;
    }
    switch (message.type) {
      case 'ready':
        // A data channel is ready for version 1 before it has heard our hello.
        if (message.version !== WIRE_VERSION) break;
        this.#ready = message;
        this.#readyWaiters?.resolve();
        break;
      case 'pong':
        this.#pings.get(message.id)?.(0);
        this.#pings.delete(message.id);
        break;
      case 'motion':
        this.emit('motion', {
          mediaTimeMs: message.mediaTimeMs,
          epoch: message.epoch,
          frame: new Float32Array(message.data.slice().buffer),
        });
        break;
      case 'stats':
        this.emit('stats', message.stats);
        break;
      case 'state':
        this.#state = message.state;
        this.emit('state', message);
        break;
      case 'error': {
        const { code, retryAfterS } = message;
        const error = new VultusClientError(code, message.message, { retryAfterS });
        this.#lastError = { error, at: performance.now() };
        this.emit('error', error);
        break;
      }
      default:
        this.emit(message.type, message as never);
    }
  }

  /** The route has ended; `cause` is what the route itself knows about why. */
  protected finish(cause: VultusClientError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    let error = cause;
    if (cause && this.#lastError && performance.now() - this.#lastError.at < EXPLAINS_CLOSE_MS) {
      const { code, message, retryAfterS } = this.#lastError.error;
      error = new VultusClientError(code, message, { closeCode: cause.closeCode, retryAfterS, cause });
    }
    this.#readyWaiters?.reject(
      error ?? new VultusClientError('connection_closed', 'The connection was closed before it was ready.'),
    );
    this.release();
    this.emit('closed', { error });
  }
}
