import { describeBackdrop } from '../contract/backdrop.ts';
import type { Warning } from '../contract/session-events.ts';
import {
  type ClientMessage,
  type ServerMessage,
  serializeServerMessage,
  type WireVersion,
} from '../contract/wire.ts';
import { toVultusError, VultusError } from '../errors.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { Attachment, SessionListeners } from './attachment.ts';
import { BackgroundReader } from './background-reader.ts';
import { messageCost } from './message-costs.ts';
import { MessageIntake } from './message-intake.ts';
import { PeerMotion } from './peer-motion.ts';
import { PeerOutputs } from './peer-outputs.ts';
import { PeerVoice } from './peer-voice.ts';
import { FOR_VIEWERS, readMessage, UNORDERED } from './read-message.ts';
import { asVersion, eventMessages, readyMessage } from './server-messages.ts';
import type { SessionChannelOptions } from './session-channel-options.ts';
import { Steering } from './steering.ts';
import { Throttled } from './throttled.ts';

/** Key frames are large, and a decoder that is lost needs one, not several. */
const KEY_FRAME_INTERVAL_MS = 200;

type Hello = Extract<ClientMessage, { type: 'hello' }>;

/**
 * One conversation in wire messages with one session: the same for the WebSocket and the data channel.
 * A bad message is answered with an `error` message and changes nothing; the connection goes on, unless there are many
 * of them. What the peer sends is done at the pace that its budget allows.
 */
export class SessionChannel {
  readonly #attachment: Attachment;
  readonly #session: SessionApi;
  readonly #send: (message: Uint8Array, kind: ServerMessage['type']) => void;
  readonly #options: SessionChannelOptions;
  readonly #backgrounds: BackgroundReader;
  readonly #intake: MessageIntake;
  readonly #voice: PeerVoice;
  readonly #steering: Steering;
  readonly #motion: PeerMotion;
  readonly #keyFrames = new Throttled(KEY_FRAME_INTERVAL_MS, () => this.#attempt(() => this.#keyFrame()));
  readonly #outputs: PeerOutputs;
  #version: WireVersion = 1;
  #closed = false;
  /** Told last: the reason why the session ends need not be told twice. */
  #told: VultusError | undefined;

  constructor(
    attachment: Attachment,
    send: (message: Uint8Array, kind: ServerMessage['type']) => void,
    options: SessionChannelOptions,
  ) {
    this.#attachment = attachment;
    this.#session = attachment.session;
    this.#send = send;
    this.#options = options;
    this.#outputs = new PeerOutputs(attachment, (message) => this.#post(message), {
      media: options.media,
      videoCodec: options.videoCodec,
    });
    const { messages, viewerMessages, backgrounds } = options.budgets;
    const spent = options.role === 'view' ? viewerMessages : messages;
    this.#backgrounds = new BackgroundReader(backgrounds, {
      // The session may have ended, and told so, meanwhile.
      read: (background) => this.#closed || this.#session.setBackground(background),
      failed: (error) => this.tell(error),
    });
    this.#voice = new PeerVoice(attachment, {
      attempt: (action) => this.#attempt(action),
      warn: (warning) => this.warn(warning),
    });
    this.#steering = new Steering(this.#session.settings.fps, (patch) =>
      this.#attempt(() => this.#session.setControls(patch)),
    );
    this.#motion = new PeerMotion(this.#session, (warning) => this.warn(warning));
    this.#intake = new MessageIntake({
      bucket: options.role === 'view' ? viewerMessages.bucket(this) : messages.bucket(this.#session.id),
      flow: options.flow,
      handle: (data) => this.#take(data),
      onWait: () => spent.countRefusal(),
      onFlood: () => this.#sendAway(spent.refusal(0)),
    });
    attachment.on(this.#eventListeners());
    if (!options.media) this.#ready();
  }

  /** Takes one binary message of the client. Never throws. */
  receive(data: Uint8Array): void {
    this.#intake.take(data);
  }

  /** For what the peer has sent beside messages: pings of the WebSocket. */
  charge(cost: number): void {
    this.#intake.charge(cost);
  }

  /** Asks for a key frame of the pictures that are sent here. */
  requestKeyFrame(): void {
    this.#outputs.requestKeyFrame();
  }

  warn(warning: Warning): void {
    this.#post({ type: 'warning', ...warning });
  }

  tell(error: VultusError): void {
    this.#told = error;
    const { code, message, retryAfterS } = error;
    this.#post({ type: 'error', code, message, ...(retryAfterS !== undefined && { retryAfterS }) });
  }

  /** Says and takes nothing any more, but for what has come already; session and connection live on. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#intake.finish();
    if (!this.#session.closed) this.#settle();
    this.#closed = true;
    this.#keyFrames.close();
    this.#steering.close();
    this.#options.budgets.viewerMessages.forget(this);
    this.#options.budgets.badMessages.forget(this);
    this.#voice.close();
    this.#outputs.close();
  }

  /** @returns what it has cost */
  #take(data: Uint8Array): number {
    let message: ClientMessage | undefined;
    let refused = false;
    this.#attachment.contain(() => {
      message = this.#parse(data);
      if (message) refused = !this.#attempt(() => this.#handle(message!));
    });
    const voice = message?.type === 'audio' ? this.#voice.formatOf(message) : undefined;
    return messageCost(message, data.length, { refused: refused || !message, voice });
  }

  #parse(data: Uint8Array): ClientMessage | undefined {
    try {
      return readMessage(data);
    } catch (cause) {
      this.tell(toVultusError(cause));
      const { badMessages } = this.#options.budgets;
      if (badMessages.bucket(this.#options.role === 'view' ? this : this.#session.id)?.take() === false) {
        badMessages.countRefusal();
        this.#sendAway(new VultusError('too_many_bad_messages'));
      }
      return undefined;
    }
  }

  /** @returns whether nothing was wrong with it; otherwise the peer is told */
  #attempt(action: () => void): boolean {
    try {
      if (!this.#closed) action();
      return true;
    } catch (cause) {
      this.tell(toVultusError(cause));
      return false;
    }
  }

  #sendAway(error: VultusError): void {
    this.tell(error);
    this.#intake.close();
    this.#options.onAbuse(error);
  }

  /** What waits to be done together is done now, so that what follows comes after it. */
  #settle(): void {
    this.#voice.settle();
    this.#steering.settle();
  }

  #handle(message: ClientMessage): void {
    const session = this.#session;
    if (this.#options.role === 'view' && !FOR_VIEWERS.includes(message.type)) {
      throw new VultusError('view_only', message.type);
    }
    if (!UNORDERED.includes(message.type)) this.#settle();
    switch (message.type) {
      case 'hello':
        this.#greet(message);
        break;
      case 'audio':
        this.#voice.take(message.data, { live: message.live ?? false, id: this.#idOf(message) });
        break;
      case 'words':
        this.#voice.takeWords(message.words, this.#idOf(message));
        break;
      case 'speech.end':
        this.#voice.end(this.#idOf(message));
        break;
      case 'interrupt':
        this.#attachment.speaker.interrupt(this.#idOf(message));
        break;
      case 'pause':
        session.pause();
        break;
      case 'resume':
        session.resume();
        break;
      case 'control':
        this.#steering.take(message.controls);
        break;
      case 'motion':
        this.#motion.take(message);
        break;
      case 'user.face': {
        const { timeMs, head, smile } = message;
        session.seeUser({ timeMs, head, smile }, this);
        break;
      }
      case 'background':
        this.#backgrounds.take(message.background);
        break;
      case 'draw':
        this.#outputs.setDrawer(message.by);
        this.#options.onDrawer?.(this.#outputs.drawer);
        break;
      case 'keyframe':
        this.#keyFrames.request();
        break;
      case 'ping':
        this.#post({ type: 'pong', id: message.id });
        break;
    }
  }

  #greet({ version, audio, microphone = audio, voiceInput, videoCodecs, outputs }: Hello): void {
    if (this.#options.role === 'view' && outputs.userAudio) {
      throw new VultusError('view_only', 'hello: userAudio');
    }
    this.#voice.expect({ voice: audio, microphone, listens: voiceInput === 'listen' });
    this.#version = version;
    if (voiceInput) this.#options.onVoiceInput?.(voiceInput);
    this.#attachment.speaker.patient = version > 1;
    this.#outputs.take(outputs, videoCodecs);
    this.#options.onDrawer?.(this.#outputs.drawer);
    if (this.#options.media || version > 1) this.#ready();
  }

  /** What the peer calls the utterance. */
  #idOf({ utterance }: { utterance?: string | undefined }): string | undefined {
    if (utterance !== undefined && this.#version === 1) {
      throw new VultusError('invalid_message', 'utterance: names need a hello of version 2');
    }
    return utterance;
  }

  #keyFrame(): void {
    if (this.#options.keyFrame) this.#options.keyFrame();
    else this.requestKeyFrame();
  }

  #ready(): void {
    this.#post(
      readyMessage(this.#session, this.#version, {
        codec: this.#outputs.codec,
        pcm: this.#outputs.pcm,
        drawn: this.#outputs.drawn,
        token: this.#options.nextToken,
      }),
    );
    this.#post({ type: 'state', state: this.#session.state });
  }

  #eventListeners(): Partial<SessionListeners> {
    return {
      ...eventMessages((message) => this.#post(message)),
      interrupted: () => this.#voice.drop(),
      background: (background) => {
        if (this.#outputs.drawn) this.#post({ type: 'background', background: describeBackdrop(background) });
      },
      warning: (warning) => this.warn(warning),
      error: (error) => this.tell(error),
      closed: (reason) => {
        const error = reason ?? new VultusError('session_closed');
        if (error !== this.#told) this.tell(error);
        this.close();
        this.#options.onEnd?.(error);
      },
    };
  }

  #post(message: ServerMessage): void {
    const known = asVersion(this.#version, message);
    if (!known || this.#closed) return;
    this.#send(serializeServerMessage(known, { compact: this.#outputs.drawn }), known.type);
  }
}
