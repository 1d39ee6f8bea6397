import { VoiceDecoder } from '../audio/voice-decoder.ts';
import { stackedHeight } from '../contract/backdrop.ts';
import { MOTION, OPUS_VOICE, type Output, usualVideo } from '../contract/outputs.ts';
import type { Role } from '../contract/roles.ts';
import type { Warning } from '../contract/session-events.ts';
import {
  type ClientMessage,
  parseClientMessage,
  type ServerMessage,
  serializeServerMessage,
  WIRE_VERSION,
} from '../contract/wire.ts';
import { toVultusError, VultusError } from '../errors.ts';
import { codecString } from '../media/codec-string.ts';
import type { SessionApi, Taker, Taking } from '../session/session-api.ts';
import type { Attachment, SessionListeners } from './attachment.ts';
import { BackgroundReader } from './background-reader.ts';

export interface SessionChannelOptions {
  role: Role;
  /** Opens the next connection of this peer. */
  nextToken?: string | undefined;
  /** Whether encoded video, voice and motion may be sent here (a data channel carries only events and motion). */
  media: boolean;
  /** The peer asks for a key frame of pictures that go another way. */
  keyFrame?: () => void;
  /** Called after the `error` message that says why the session has ended. */
  onEnd?: (error: VultusError) => void;
}

/** What a viewer may send. */
const FOR_VIEWERS: readonly ClientMessage['type'][] = ['hello', 'keyframe', 'ping'];

/**
 * One conversation in wire messages with one session: the same for the WebSocket and the data channel.
 * A bad message is answered with an `error` message and changes nothing; the connection goes on.
 */
export class SessionChannel {
  readonly #attachment: Attachment;
  readonly #session: SessionApi;
  readonly #send: (message: Uint8Array, kind: ServerMessage['type']) => void;
  readonly #options: SessionChannelOptions;
  readonly #backgrounds: BackgroundReader;
  #voice: VoiceDecoder | undefined;
  /** For what the user says, where the microphone is listened to. */
  #user: VoiceDecoder | undefined;
  #taking: Taking | undefined;
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
    this.#backgrounds = new BackgroundReader({
      // The session may have ended, and told so, meanwhile.
      read: (background) => this.#closed || this.#session.setBackground(background),
      failed: (error) => this.tell(error),
    });
    attachment.on(this.#eventListeners());
    if (!options.media) this.#ready();
  }

  /** Takes one binary message of the client. Never throws. */
  receive(data: Uint8Array): void {
    if (this.#closed) return;
    let message: ClientMessage;
    try {
      message = parseClientMessage(data);
    } catch (cause) {
      this.tell(new VultusError('invalid_message', firstLine(cause), { cause }));
      return;
    }
    try {
      this.#handle(message);
    } catch (cause) {
      this.tell(toVultusError(cause));
    }
  }

  /** Asks for a key frame of the pictures that are sent here. */
  requestKeyFrame(): void {
    this.#taking?.requestKeyFrame();
  }

  warn(warning: Warning): void {
    this.#post({ type: 'warning', ...warning });
  }

  tell(error: VultusError): void {
    this.#told = error;
    const { code, message, retryAfterS } = error;
    this.#post({ type: 'error', code, message, ...(retryAfterS !== undefined && { retryAfterS }) });
  }

  /** Says and takes nothing any more; session and connection live on. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#voice?.close();
    this.#user?.close();
    this.#taking?.close();
  }

  #handle(message: ClientMessage): void {
    const session = this.#session;
    if (this.#options.role === 'view' && !FOR_VIEWERS.includes(message.type)) {
      throw new VultusError('view_only', message.type);
    }
    switch (message.type) {
      case 'hello':
        this.#voice?.close();
        this.#user?.close();
        this.#voice = new VoiceDecoder(message.audio);
        this.#user = message.voiceInput === 'listen' ? new VoiceDecoder(message.audio) : undefined;
        this.#take(message.outputs);
        if (this.#options.media) this.#ready();
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
        if (this.#options.keyFrame) this.#options.keyFrame();
        else this.requestKeyFrame();
        break;
      case 'ping':
        this.#post({ type: 'pong', id: message.id });
        break;
    }
  }

  #take({ video, voice, motion }: Extract<ClientMessage, { type: 'hello' }>['outputs']): void {
    const outputs: Output[] = motion ? [MOTION] : [];
    if (voice && this.#options.media) outputs.push(OPUS_VOICE);
    if (video && this.#options.media) outputs.push(usualVideo(this.#session.settings));
    if (this.#taking) {
      this.#taking.change(outputs);
      // It may have lost what it had.
      this.#taking.requestKeyFrame();
    } else if (outputs.length > 0) this.#taking = this.#attachment.take(outputs, this.#packetTaker());
  }

  #ready(): void {
    const { id, settings, delayMs } = this.#session;
    const { width, fps, codec } = settings;
    const height = stackedHeight(settings.height, settings.background);
    this.#post({
      type: 'ready',
      version: WIRE_VERSION,
      sessionId: id,
      ...(this.#options.nextToken !== undefined && { token: this.#options.nextToken }),
      video: { codec: codecString({ codec, width, height, fps }), width, height, fps },
      voice: { codec: 'opus', sampleRateHz: 48000, channels: 1 },
      delayMs,
    });
    this.#post({ type: 'state', state: this.#session.state });
  }

  #packetTaker(): Taker {
    return {
      video: ({ mediaTimeMs, epoch, key, data }) =>
        this.#post({ type: 'video', mediaTimeMs, epoch, key, data }),
      voice: ({ mediaTimeMs, epoch, data }) => this.#post({ type: 'voice', mediaTimeMs, epoch, data }),
      motion: ({ mediaTimeMs, epoch, frame }) => {
        const data = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
        this.#post({ type: 'motion', mediaTimeMs, epoch, data });
      },
      warning: (warning) => this.warn(warning),
    };
  }

  #eventListeners(): Partial<SessionListeners> {
    return {
      state: (state) => this.#post({ type: 'state', state }),
      // Half a sample that was left over belongs to what is over now.
      interrupted: () => void this.#voice?.flush(),
      'speech.lapsed': () => void this.#voice?.flush(),
      'speech.started': (event) => this.#post({ type: 'speech.started', ...event }),
      'speech.ended': (event) => this.#post({ type: 'speech.ended', ...event }),
      'speech.paused': (event) => this.#post({ type: 'speech.paused', ...event }),
      'speech.resumed': (event) => this.#post({ type: 'speech.resumed', ...event }),
      'user.started': () => this.#post({ type: 'user.started' }),
      'user.ended': (event) => this.#post({ type: 'user.ended', ...event }),
      stats: (stats) => this.#post({ type: 'stats', stats }),
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
    if (!this.#closed) this.#send(serializeServerMessage(message), message.type);
  }
}

function firstLine(cause: unknown): string {
  const issues = (cause as { issues?: { path: PropertyKey[]; message: string }[] }).issues;
  if (issues?.[0]) return `${issues[0].path.join('.') || 'message'}: ${issues[0].message}`;
  return 'not a MessagePack map';
}
