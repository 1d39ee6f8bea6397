import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { type Budgets, createBudgets } from '../../budget/budgets.ts';
import { Containment } from '../../containment.ts';
import { PCM_VOICE, type PictureOutput } from '../../contract/outputs.ts';
import { VultusError } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { Attachment } from '../attachment.ts';
import type { CloseReason, Connection, ConnectionEvents } from '../connection.ts';
import { Presence } from './presence.ts';
import type { Notice, RoomEvent } from './room-messages.ts';
import type { RoomLine, Rooms } from './rooms.ts';
import { SegmentVoice } from './segment-voice.ts';
import { Segments } from './segments.ts';

export interface LiveKitRequest {
  /** ws, wss, http or https. */
  url: string;
  /** Of the room, for the avatar (JWT). */
  token: string;
  /** Who speaks; without it, whom the token speaks for (`lk.publish_on_behalf`), else the first agent. */
  agentIdentity?: string | undefined;
}

interface LiveKitConnectionEvents extends ConnectionEvents {
  /** In the room, with both tracks; the first time. */
  joined: [];
  /** Something of the sender was not said. */
  refused: [error: VultusError];
}

/** How often segments are looked at that wait for room in the session. */
const WAITING_POLL_MS = 100;
/** In the weights of message-costs.ts. */
const COSTS = Object.freeze({ header: 25, trailer: 5, clear: 100, chunk: 1, bytesOfOne: 2048 });
/** As much again as one may send at once is borrowed; who goes on then is sent away. */
const MOST_DEBT_SHARE = 1;
/** Ends of segments that its agent does not let itself be told. */
const MOST_NOTICES = 1000;

/**
 * A room of LiveKit, where the avatar is a participant: the receiving half of the avatar contract of LiveKit's agents.
 * Publishes the session's picture and voice, and says what its agent sends.
 */
export class LiveKitConnection extends EventEmitter<LiveKitConnectionEvents> implements Connection {
  readonly kind = 'livekit';
  readonly role = 'control';
  readonly #rooms: Rooms;
  readonly #request: LiveKitRequest;
  readonly #budgets: Budgets;
  readonly #walls = new Containment((error) => this.#end('failed', error));
  #attachment: Attachment | undefined;
  #voice: SegmentVoice | undefined;
  #segments: Segments | undefined;
  #line: RoomLine | undefined;
  #presence: Presence | undefined;
  /** Once it is known; ever after no other. */
  #sender: string | undefined;
  /** Not yet known to the sender, in their order. */
  #notices: { id: number; notice: Notice }[] = [];
  #lastNotice = 0;
  #timer: NodeJS.Timeout | undefined;
  #joined = false;
  #closed = false;

  constructor(
    rooms: Rooms,
    request: LiveKitRequest,
    { budgets = createBudgets() }: { budgets?: Budgets } = {},
  ) {
    super();
    this.#rooms = rooms;
    this.#request = request;
    this.#sender = request.agentIdentity;
    this.#budgets = budgets;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Begins to join. Throws `session_closed`, `shutting_down`. */
  attach(session: SessionApi): void {
    const attachment = new Attachment(session, this.#walls);
    this.#attachment = attachment;
    this.#voice = new SegmentVoice(attachment.speaker, `livekit-${randomUUID().slice(0, 8)}-`);
    this.#segments = this.#makeSegments(this.#voice);
    this.#presence = this.#walls.enter(
      () =>
        new Presence({
          token: this.#request.token,
          join: (token) => this.#join(session, token),
          end: (why, error) => this.#end(why, error),
        }),
    );
    attachment.on({
      'speech.started': ({ id }) => this.#onSpeech(id, (number) => this.#segments?.started(number)),
      'speech.ended': ({ id, ...end }) =>
        this.#onSpeech(id, (number) => this.#segments?.ended(number, end, performance.now())),
      closed: (error = new VultusError('session_closed')) => this.#end('session closed', error),
    });
    this.#presence.begin();
  }

  close(reason = new VultusError('session_closed')): void {
    this.#end('closed', reason);
  }

  #join(session: SessionApi, token: string): void {
    const { width, height, fps, bitrateKbps } = session.settings;
    const video = { width, height, fps, bitrateKbps };
    const request = { url: this.#request.url, token, agentIdentity: this.#sender, video };
    if (this.#line) this.#line.rejoin(request);
    else
      this.#line = this.#rooms.join(request, (event) =>
        this.#attachment?.contain(() => this.#receive(event)),
      );
  }

  #receive(event: RoomEvent | { type: 'process lost' }): void {
    const nowMs = performance.now();
    switch (event.type) {
      case 'joined':
        this.#onJoined();
        break;
      case 'left':
        this.#segments?.cutOff(nowMs);
        this.#presence?.left(event.why, event.detail);
        break;
      case 'process lost':
        this.#segments?.cutOff(nowMs);
        this.#presence?.lost('its process has ended');
        break;
      case 'token':
        this.#presence?.renew(event.token);
        break;
      case 'sender':
        this.#sender = event.identity;
        if (!event.present) this.#segments?.cutOff(nowMs);
        this.#presence?.sender(event.present);
        break;
      case 'noticed':
        this.#notices = this.#notices.filter(({ id }) => id !== event.id);
        break;
      default:
        this.#hear(event, nowMs);
    }
    this.#schedule();
  }

  /** What the sender says, at its expense. */
  #hear(event: Extract<RoomEvent, { type: 'header' | 'chunk' | 'trailer' | 'clear' }>, nowMs: number): void {
    const bytes = event.type === 'chunk' ? event.data.length : 0;
    const bucket = this.#budgets.messages.bucket(this.#attachment!.session.id);
    bucket?.spend(COSTS[event.type] + bytes / COSTS.bytesOfOne);
    if (bucket && bucket.level < -MOST_DEBT_SHARE * bucket.burst) {
      this.#end('abuse', this.#budgets.messages.refusal(bucket.waitMs()));
      return;
    }
    const segments = this.#segments!;
    if (event.type === 'header') segments.header(event.stream, event.attributes, nowMs);
    else if (event.type === 'chunk') segments.chunk(event.stream, event.data, nowMs);
    else if (event.type === 'trailer') segments.trailer(event.stream, nowMs);
    else {
      segments.clear(nowMs);
      this.#line?.cleared();
    }
  }

  #onJoined(): void {
    const attachment = this.#attachment!;
    this.#presence?.joined();
    for (const { id, notice } of this.#notices) this.#line?.notice(id, notice);
    if (this.#joined) return;
    this.#joined = true;
    const { width, height, fit } = attachment.session.settings;
    const picture: PictureOutput = { kind: 'picture', encoding: 'i420', width, height, fit, matte: false };
    attachment.take([PCM_VOICE, picture], {
      pcm: ({ samples, mediaTimeMs }) => this.#line?.voice({ samples, mediaTimeMs }),
      picture: ({ width, height, data, mediaTimeMs }) =>
        this.#line?.picture({ width, height, data, mediaTimeMs }),
    });
    this.emit('joined');
  }

  #onSpeech(id: string | undefined, act: (number: number) => void): void {
    const number = this.#voice?.numberOf(id);
    if (number === undefined) return;
    act(number);
    this.#schedule();
  }

  #makeSegments(voice: SegmentVoice): Segments {
    return new Segments({
      say: (segment, data) => voice.say(segment, data),
      complete: (segment) => voice.complete(segment),
      drop: (segment) => voice.drop(segment),
      started: () => this.#notify({ method: 'lk.playback_started', payload: '' }),
      finished: ({ playedMs, interrupted }) => {
        const payload = { playback_position: playedMs / 1000, interrupted, synchronized_transcript: null };
        this.#notify({ method: 'lk.playback_finished', payload: JSON.stringify(payload) });
      },
      refused: (code, detail) => this.emit('refused', new VultusError(code, detail)),
    });
  }

  #notify(notice: Notice): void {
    if (this.#notices.length >= MOST_NOTICES) {
      this.#end(
        'abuse',
        new VultusError('room_flooded', 'its agent does not hear what becomes of its segments'),
      );
      return;
    }
    const id = ++this.#lastNotice;
    this.#notices.push({ id, notice });
    this.#line?.notice(id, notice);
  }

  /** Wakes when a segment is due. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const segments = this.#segments;
    if (this.#closed || !segments) return;
    const nowMs = performance.now();
    const dues = [segments.dueMs ?? Number.POSITIVE_INFINITY];
    if (segments.waiting) dues.push(nowMs + WAITING_POLL_MS);
    const inMs = Math.min(...dues) - nowMs;
    if (!Number.isFinite(inMs)) return;
    this.#timer = setTimeout(
      () =>
        this.#attachment?.contain(() => {
          segments.tick(performance.now());
          this.#schedule();
        }),
      Math.max(1, Math.ceil(inMs)),
    ).unref();
  }

  /** Idempotent. */
  #end(why: CloseReason, error: VultusError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#presence?.close();
    this.#line?.leave();
    this.#attachment?.close();
    this.#voice?.close();
    this.emit('closed', why, error);
  }
}
