import { VoiceDecoder } from '../audio/voice-decoder.ts';
import { stackedHeight } from '../contract/backdrop.ts';
import {
  type ClientMessage,
  parseClientMessage,
  type ServerMessage,
  serializeServerMessage,
  WIRE_VERSION,
} from '../contract/wire.ts';
import { toVultusError, VultusError } from '../errors.ts';
import { codecString } from '../media/codec-string.ts';
import type { SessionApi, SessionEvents } from '../session/session-api.ts';
import { BackgroundReader } from './background-reader.ts';

export interface SessionChannelOptions {
  /** Whether encoded video, voice and motion may be sent here (a data channel carries only events). */
  media: boolean;
  /** Called after the `error` message of a failure that ends the connection. */
  onFatal?: (error: VultusError) => void;
}

type SessionListener = { [Name in keyof SessionEvents]: (...values: SessionEvents[Name]) => void };

/**
 * One conversation in wire messages with one session: the same for the WebSocket and the data channel.
 * A bad message is answered with an `error` message and changes nothing; the connection goes on.
 */
export class SessionChannel {
  readonly #session: SessionApi;
  readonly #send: (message: Uint8Array, kind: ServerMessage['type']) => void;
  readonly #options: SessionChannelOptions;
  readonly #listeners: Partial<SessionListener>;
  readonly #backgrounds: BackgroundReader;
  #voice: VoiceDecoder | undefined;
  /** For what the user says, where the microphone is listened to. */
  #user: VoiceDecoder | undefined;
  #outputs = { video: false, voice: false, motion: false };
  #closed = false;
  /** Told last: the reason why the session ends need not be told twice. */
  #told: VultusError | undefined;

  constructor(
    session: SessionApi,
    send: (message: Uint8Array, kind: ServerMessage['type']) => void,
    options: SessionChannelOptions,
  ) {
    this.#session = session;
    this.#send = send;
    this.#options = options;
    this.#backgrounds = new BackgroundReader({
      // The session may have ended, and told so, meanwhile.
      read: (background) => this.#closed || this.#session.setBackground(background),
      failed: (error) => this.#reply(error),
    });
    this.#listeners = this.#forwardEvents();
    if (!options.media) this.#ready();
  }

  /** Takes one binary message of the client. Never throws. */
  receive(data: Uint8Array): void {
    if (this.#closed) return;
    let message: ClientMessage;
    try {
      message = parseClientMessage(data);
    } catch (cause) {
      this.#reply(new VultusError('invalid_message', firstLine(cause), { cause }));
      return;
    }
    try {
      this.#handle(message);
    } catch (cause) {
      this.#reply(toVultusError(cause));
    }
  }

  /** Stops listening to the session; the session itself lives on. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const [name, listener] of Object.entries(this.#listeners)) {
      this.#session.off(name as keyof SessionEvents, listener as () => void);
    }
    if (!this.#session.closed) this.#session.setOutputs({ video: false, voice: false, motion: false }, this);
  }

  #handle(message: ClientMessage): void {
    const session = this.#session;
    switch (message.type) {
      case 'hello':
        this.#voice = new VoiceDecoder(message.audio);
        this.#user = message.voiceInput === 'listen' ? new VoiceDecoder(message.audio) : undefined;
        if (this.#options.media) {
          this.#outputs = { video: false, voice: false, motion: false, ...message.outputs };
          session.setOutputs(this.#outputs, this);
          if (this.#outputs.video) session.requestKeyFrame();
          this.#ready();
        } else if (message.outputs.motion !== undefined) {
          this.#outputs.motion = message.outputs.motion;
          session.setOutputs({ motion: message.outputs.motion }, this);
        }
        break;
      case 'audio':
        if (message.live && this.#user) {
          session.hearUser(this.#user.decode(message.data));
          break;
        }
        this.#voice ??= new VoiceDecoder({ encoding: 's16le', sampleRateHz: 16000 });
        session.pushVoice(this.#voice.decode(message.data), { live: message.live });
        break;
      case 'speech.end': {
        const rest = this.#voice?.flush();
        if (rest?.length) session.pushVoice(rest);
        session.endSpeech();
        break;
      }
      case 'interrupt':
        this.#voice?.flush();
        session.interrupt();
        break;
      case 'pause':
        session.pause();
        break;
      case 'resume':
        session.resume();
        break;
      case 'control':
        session.setControls(message.controls);
        break;
      case 'background':
        this.#backgrounds.take(message.background);
        break;
      case 'keyframe':
        session.requestKeyFrame();
        break;
      case 'ping':
        this.#post({ type: 'pong', id: message.id });
        break;
    }
  }

  #ready(): void {
    const { id, settings, delayMs } = this.#session;
    const { width, fps, codec } = settings;
    const height = stackedHeight(settings.height, settings.background);
    this.#post({
      type: 'ready',
      version: WIRE_VERSION,
      sessionId: id,
      video: { codec: codecString({ codec, width, height, fps }), width, height, fps },
      voice: { codec: 'opus', sampleRateHz: 48000, channels: 1 },
      delayMs,
    });
    this.#post({ type: 'state', state: this.#session.state });
  }

  #forwardEvents(): Partial<SessionListener> {
    const listeners: Partial<SessionListener> = {
      video: ({ mediaTimeMs, epoch, key, data }) => {
        if (this.#outputs.video) this.#post({ type: 'video', mediaTimeMs, epoch, key, data });
      },
      voice: (packet) => {
        if (this.#outputs.voice) this.#post({ type: 'voice', ...packet });
      },
      motion: ({ mediaTimeMs, epoch, frame }) => {
        if (!this.#outputs.motion) return;
        const data = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
        this.#post({ type: 'motion', mediaTimeMs, epoch, data });
      },
      state: (state) => this.#post({ type: 'state', state }),
      'speech.started': (event) => this.#post({ type: 'speech.started', ...event }),
      'speech.ended': (event) => this.#post({ type: 'speech.ended', ...event }),
      'speech.paused': (event) => this.#post({ type: 'speech.paused', ...event }),
      'speech.resumed': (event) => this.#post({ type: 'speech.resumed', ...event }),
      'user.started': () => this.#post({ type: 'user.started' }),
      'user.ended': (event) => this.#post({ type: 'user.ended', ...event }),
      stats: (stats) => this.#post({ type: 'stats', stats }),
      warning: (warning) => this.#post({ type: 'warning', ...warning }),
      error: (error) => this.#reply(error),
      closed: (reason) => {
        const error = reason ?? new VultusError('session_closed');
        if (error !== this.#told) this.#reply(error);
        this.close();
        this.#options.onFatal?.(error);
      },
    };
    for (const [name, listener] of Object.entries(listeners)) {
      this.#session.on(name as keyof SessionEvents, listener as () => void);
    }
    return listeners;
  }

  #reply(error: VultusError): void {
    this.#told = error;
    const { code, message, retryAfterS } = error;
    this.#post({ type: 'error', code, message, ...(retryAfterS !== undefined && { retryAfterS }) });
  }

  #post(message: ServerMessage): void {
    if (!this.#closed) this.#send(serializeServerMessage(message), message.type);
  }
}

function firstLine(cause: unknown): string {
  const issues = (cause as { issues?: { path: PropertyKey[]; message: string }[] }).issues;
  if (issues?.[0]) return `${issues[0].path.join('.') || 'message'}: ${issues[0].message}`;
  return 'not a MessagePack map';
}
