import type { ControlsPatch } from '../contract/controls.ts';
import type { Drawer, DrawReason } from '../contract/drawing.ts';
import { DrawnFrameReader } from '../contract/drawn-frame.ts';
import type { AudioFormat } from '../contract/formats.ts';
import { MAX_WORDS_IN_MESSAGE, type Word } from '../contract/speech.ts';
import { parseServerMessage, serializeClientMessage } from '../contract/wire/client-end.ts';
import type { ClientMessageInput } from '../contract/wire/client-messages.ts';
import { WIRE_VERSION } from '../contract/wire/protocol.ts';
import type { ServerMessage } from '../contract/wire/server-messages.ts';
import { assertBackgroundFits } from './background-limit.ts';
import { VultusClientError } from './client-error.ts';
import { Emitter } from './emitter.ts';
import type { LiveConnection, LiveEvents, Message, ReadyInfo, UtteranceOptions } from './live-connection.ts';
import { MissedSettings } from './missed-settings.ts';
import { type VoiceData, type VoiceFormats, voiceBytes } from './pcm.ts';
import type { PerformedMotion, SeenUserFace } from './performed-motion.ts';
import { Pings } from './pings.ts';
import { isBroken, reopen } from './reconnection.ts';
import { toldEvent } from './told-events.ts';

const USUAL_AUDIO: AudioFormat = { encoding: 's16le', sampleRateHz: 24000 };

/** An error that the server reported this shortly before the end is the reason for it. */
const EXPLAINS_CLOSE_MS = 1000;

/**
 * What both routes share: the messages, and a new transport where one is lost. A route adds how bytes travel and how
 * a microphone gets in.
 */
export abstract class LiveBase extends Emitter<LiveEvents> implements LiveConnection {
  abstract readonly route: 'webrtc' | 'websocket';
  readonly sessionId: string;
  readonly audio: AudioFormat;
  readonly microphoneAudio: AudioFormat;
  #ready: ReadyInfo | undefined;
  #readyWaiter: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #state: Message<'state'>['state'] = 'idle';
  #closed = false;
  #lastError: { error: VultusClientError; at: number } | undefined;
  readonly #pings = new Pings();
  readonly #reconnects: boolean;
  /** While the transport is lost and a new one is looked for. */
  #away: AbortController | undefined;
  readonly #missed = new MissedSettings();
  #frames = new DrawnFrameReader();

  protected constructor(
    sessionId: string,
    { audio = USUAL_AUDIO, microphoneAudio = audio }: VoiceFormats,
    reconnects = true,
  ) {
    super();
    this.sessionId = sessionId;
    this.audio = audio;
    this.microphoneAudio = microphoneAudio;
    this.#reconnects = reconnects;
  }

  /** Of voice in one message. */
  protected abstract readonly maxMessageBytes: number;
  /** Of any message. */
  protected abstract readonly largestMessageBytes: number;
  /** Makes a transport, and says hello as soon as that can be heard. */
  protected abstract open(signal: AbortSignal | undefined): Promise<void>;
  /** The server has answered hello. */
  protected onReady(): void {}
  /** Ends the transport, if there is one; from then on nothing of it is heard. */
  protected abstract drop(): void;
  protected abstract transmit(bytes: Uint8Array<ArrayBuffer>): void;
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

  speak(voice: VoiceData, { utterance }: UtteranceOptions = {}): void {
    this.#sendVoice(voice, this.audio, { ...(utterance !== undefined && { utterance }) });
  }

  hear(voice: VoiceData): void {
    this.#sendVoice(voice, this.microphoneAudio, { live: true });
  }

  #sendVoice(voice: VoiceData, { encoding }: AudioFormat, what: UtteranceOptions | { live: true }): void {
    const bytes = voiceBytes(voice, encoding);
    const piece = encoding === 'opus' ? bytes.length : this.maxMessageBytes;
    for (let at = 0; at < bytes.length; at += piece) {
      const data = bytes.subarray(at, at + piece);
      this.send({ type: 'audio', data, ...what });
    }
  }

  words(words: readonly Word[], { utterance }: UtteranceOptions = {}): void {
    for (let at = 0; at < words.length; at += MAX_WORDS_IN_MESSAGE) {
      const some = words.slice(at, at + MAX_WORDS_IN_MESSAGE);
      this.send({ type: 'words', words: some, ...(utterance !== undefined && { utterance }) });
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

  setMotion({ timeMs = performance.now(), ...seen }: PerformedMotion): void {
    this.send({ type: 'motion', timeMs, ...seen });
  }

  setUserFace({ timeMs = performance.now(), ...seen }: SeenUserFace): void {
    this.send({ type: 'user.face', timeMs, ...seen });
  }

  setBackground(background: string): void {
    assertBackgroundFits(background, this.largestMessageBytes);
    this.send({ type: 'background', background });
  }

  requestKeyFrame(): void {
    this.send({ type: 'keyframe' });
  }

  setDrawer(by: Drawer, reason: DrawReason): void {
    this.send({ type: 'draw', by, reason });
    this.emit('drawing', { by, reason });
  }

  async ping(): Promise<number> {
    if (this.#away) throw new VultusClientError('connection_lost', 'The connection is being made again.');
    return this.#pings.measure((id) => this.send({ type: 'ping', id }));
  }

  report(error: VultusClientError): void {
    if (!this.#closed) this.emit('error', error);
  }

  close(): void {
    this.finish(undefined);
  }

  protected send(message: ClientMessageInput): void {
    if (this.#closed) throw new VultusClientError('connection_closed', 'The connection is closed.');
    if (this.#away) this.#missed.note(message);
    else this.say(message);
  }

  /** On the transport as it is. */
  protected say(message: ClientMessageInput): void {
    this.transmit(serializeClientMessage(message));
  }

  /** The first time: a connection that does not come about is closed. @throws what keeps it from that */
  protected async begin(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#establish(timeoutMs, signal);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Resolves when `ready` has come; rejects, without a transport, when it is lost, takes too long or is aborted. */
  async #establish(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    let abort: (() => void) | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      this.#readyWaiter = { resolve, reject };
      timer = setTimeout(() => {
        const message = `The session was not ready within ${timeoutMs / 1000} s.`;
        reject(new VultusClientError('connect_timeout', message));
      }, timeoutMs);
      abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
    });
    try {
      await Promise.all([ready, this.open(signal)]);
    } catch (error) {
      this.drop();
      throw error;
    } finally {
      clearTimeout(timer);
      if (abort) signal?.removeEventListener('abort', abort);
      this.#readyWaiter = undefined;
    }
  }

  protected receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    let message: ServerMessage;
    try {
      message = parseServerMessage(bytes);
    } catch (cause) {
      const what = 'A message of the server cannot be read.';
      this.report(new VultusClientError('invalid_server_message', what, { cause }));
      return;
    }
    switch (message.type) {
      case 'ready':
        // A data channel is ready for version 1 before it has heard our hello.
        if (message.version !== WIRE_VERSION) break;
        this.#ready = message;
        this.#frames = new DrawnFrameReader();
        this.onReady();
        this.#readyWaiter?.resolve();
        break;
      case 'pong':
        this.#pings.answered(message.id);
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
        // Before it is ready, nothing but hello can have been wrong.
        this.#readyWaiter?.reject(error);
        break;
      }
      default: {
        const told = toldEvent(message, this.#frames);
        if (told) this.emit(told.name, told.event);
      }
    }
  }

  /**
   * The transport has ended; `cause` is what the route itself knows about why. Where the server did not end it, another
   * is made, with these limits.
   */
  protected lost(cause: VultusClientError | undefined, timeoutMs: number): void {
    if (this.#closed) return;
    const error = this.#explain(cause);
    if (this.#readyWaiter) {
      this.#readyWaiter.reject(
        error ?? new VultusClientError('connection_closed', 'The connection was closed before it was ready.'),
      );
    } else if (this.#reconnects && isBroken(error)) void this.#reconnect(error, timeoutMs);
    else this.finish(error);
  }

  async #reconnect(lost: VultusClientError, timeoutMs: number): Promise<void> {
    const away = new AbortController();
    this.#away = away;
    this.drop();
    this.#pings.end(lost);
    try {
      await reopen(() => this.#establish(timeoutMs, away.signal), {
        lost,
        signal: away.signal,
        onAttempt: (attempt, error) => this.emit('reconnecting', { attempt, error }),
      });
    } catch (error) {
      this.finish(error instanceof VultusClientError ? error : lost);
      return;
    }
    this.#away = undefined;
    for (const message of this.#missed.take()) this.send(message);
    this.emit('reconnected', this.ready);
  }

  #explain(cause: VultusClientError | undefined): VultusClientError | undefined {
    const last = this.#lastError;
    if (!cause || !last || performance.now() - last.at > EXPLAINS_CLOSE_MS) return cause;
    const { code, message, retryAfterS } = last.error;
    return new VultusClientError(code, message, { closeCode: cause.closeCode, retryAfterS, cause });
  }

  protected finish(error: VultusClientError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    const reason = error ?? new VultusClientError('connection_closed', 'The connection was closed.');
    this.#readyWaiter?.reject(reason);
    this.#away?.abort(reason);
    this.drop();
    this.#pings.end(reason);
    this.emit('closed', { error });
  }
}
