import {
  type ByteStreamReader,
  ConnectError,
  DisconnectReason,
  RoomEvent as LiveKitEvent,
  type RemoteParticipant,
  Room,
} from '@livekit/rtc-node';
import { TokenBucket } from '../../../budget/token-bucket.ts';
import { toVultusError, VultusError } from '../../../errors.ts';
import type { DialPolicy } from '../../dial-policy.ts';
import type { Notice, RoomEnd, RoomEvent, RoomRequest } from '../room-messages.ts';
import { Media, type TimedPicture, type TimedVoice } from './media.ts';
import { NoticeSender } from './notice-sender.ts';
import { onRoomEvents } from './room-events.ts';
import { SenderChoice } from './sender-choice.ts';

const AUDIO_STREAM_TOPIC = 'lk.audio_stream';
const CLEAR_BUFFER = 'lk.clear_buffer';
/** What senders look for where a call is not for them. */
const [OK, REJECT] = ['ok', 'reject'];
/** Of one stream: twenty minutes of a usual voice (24 kHz, s16le). The client itself ends one that is longer. */
const MOST_STREAM_BYTES = 64_000_000;
const CONNECT_PATIENCE_MS = 10_000;

/** Each is a listener of all that the client tells. */
const MOST_OPEN_STREAMS = 128;

/**
 * What may come of a room, in bytes, and what each event counts beside the bytes of messages, and each stream or call: all
 * of it is decoded on one thread, which the rooms share.
 */
const UNASKED = { ratePerS: 1_000_000, burst: 10_000_000 };
const EVENT_BYTES = 500;
const CALL_BYTES = 10_000;

/** After these there is nothing to come back to. */
const FINAL: readonly DisconnectReason[] = [
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
];

/** One room, from the attempt to join it until it is left. */
export class JoinedRoom {
  readonly #request: RoomRequest;
  readonly #tell: (event: RoomEvent) => void;
  readonly #room = new Room();
  readonly #sender: SenderChoice;
  #media: Media | undefined;
  #notices: NoticeSender | undefined;
  readonly #unasked = new TokenBucket(UNASKED);
  #streams = 0;
  #openStreams = 0;
  #deaf = () => {};
  #over = false;

  /** `tell`: hears `left` exactly once, unless `leave` was called. */
  constructor(request: RoomRequest, tell: (event: RoomEvent) => void) {
    this.#request = request;
    this.#tell = tell;
    this.#sender = new SenderChoice(request.agentIdentity);
  }

  async join(policy: DialPolicy): Promise<void> {
    const { url, token, video } = this.#request;
    const room = this.#room;
    try {
      await policy.addresses(new URL(url).hostname);
      room.registerByteStreamHandler(AUDIO_STREAM_TOPIC, (reader, { identity }) => {
        void this.#receive(reader, identity);
      });
      room.on(LiveKitEvent.ParticipantConnected, (newcomer) => this.#lookForSender([newcomer]));
      room.on(LiveKitEvent.ParticipantDisconnected, () => this.#lookForSender([]));
      room.on(LiveKitEvent.DataReceived, (data) => this.#bear(data.length));
      room.on(LiveKitEvent.TokenRefreshed, () => this.#tell({ type: 'token', token: room.token! }));
      room.on(LiveKitEvent.Disconnected, (reason) =>
        this.#end(FINAL.includes(reason) ? 'over' : 'lost', DisconnectReason[reason] ?? 'unknown'),
      );
      await withPatience(
        room.connect(url, token, {
          // Nobody in the room is listened to.
          autoSubscribe: false,
          dynacast: false,
          dataStream: { maxPayloadByteLength: MOST_STREAM_BYTES },
        }),
      );
      if (this.#over) return void (await room.disconnect());
      this.#deaf = onRoomEvents(room, (kind) => this.#bear(kind === 'call' ? CALL_BYTES : EVENT_BYTES));
      const participant = room.localParticipant!;
      this.#sender.ownAttributes(participant.attributes);
      participant.registerRpcMethod(CLEAR_BUFFER, async ({ callerIdentity }) => this.#clear(callerIdentity));
      this.#notices = new NoticeSender(participant, (id) => this.#tell({ type: 'noticed', id }));
      this.#media = await Media.publish(participant, video);
      if (this.#over) return;
      this.#tell({ type: 'joined' });
      this.#lookForSender();
    } catch (cause) {
      this.#end(...endOf(cause));
    }
  }

  show(picture: TimedPicture): void {
    this.#media?.show(picture);
  }

  play(voice: TimedVoice): void {
    this.#media?.play(voice);
  }

  /** The session has dropped what was to be cleared. */
  cleared(): void {
    this.#media?.unmute();
  }

  notify(id: number, notice: Notice): void {
    this.#notices?.send(id, notice);
  }

  /** Without a word to the server. Idempotent. */
  async leave(): Promise<void> {
    this.#over = true;
    await this.#close();
  }

  #end(why: RoomEnd, detail: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#tell({ type: 'left', why, detail });
    void this.#close();
  }

  async #close(): Promise<void> {
    this.#deaf();
    this.#notices?.close();
    const media = this.#media;
    this.#media = undefined;
    await this.#room.disconnect().catch(() => {});
    await media?.close();
  }

  /** Something has come that nobody asked for: too much of it, and the room is left. */
  #bear(bytes: number): void {
    this.#unasked.spend(bytes);
    if (this.#unasked.level < 0) this.#end('flooded', 'more than is asked for');
  }

  /** The client hands all of a stream over, whether it is read or not. */
  async #bearStream(reader: ByteStreamReader): Promise<void> {
    try {
      for await (const { length } of reader) {
        if (this.#over) return;
        this.#bear(EVENT_BYTES + length);
      }
    } catch {
      // Its end, by whatever way.
    }
  }

  /** `newcomers`: where only they can be it; in a room of thousands nobody else is looked at. */
  #lookForSender(newcomers?: RemoteParticipant[]): void {
    const { changed, identity, present } = this.#sender.look(this.#room.remoteParticipants, newcomers);
    if (!changed || identity === undefined || !this.#notices) return;
    this.#notices.sender = present ? identity : undefined;
    this.#tell({ type: 'sender', identity, present });
  }

  #clear(caller: string): string {
    // It may call before we are told that it is there.
    this.#lookForSender();
    if (this.#over || caller !== this.#sender.identity) return REJECT;
    this.#media?.mute();
    this.#tell({ type: 'clear' });
    return OK;
  }

  async #receive(reader: ByteStreamReader, identity: string): Promise<void> {
    if (++this.#openStreams > MOST_OPEN_STREAMS) this.#end('flooded', 'more streams than are read at once');
    this.#lookForSender();
    if (this.#over || identity !== this.#sender.identity) await this.#bearStream(reader);
    else await this.#hear(reader);
    this.#openStreams--;
  }

  async #hear(reader: ByteStreamReader): Promise<void> {
    const stream = ++this.#streams;
    const { sample_rate = '', num_channels = '' } = reader.info.attributes ?? {};
    this.#tell({ type: 'header', stream, attributes: { sample_rate, num_channels } });
    try {
      for await (const data of reader) {
        if (this.#over) break;
        this.#tell({ type: 'chunk', stream, data });
      }
    } catch {
      // Too long, or its sender has gone: what has come of it counts.
    }
    if (!this.#over) this.#tell({ type: 'trailer', stream });
  }
}

async function withPatience(connecting: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectError('no answer')), CONNECT_PATIENCE_MS);
  });
  try {
    await Promise.race([connecting, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why a room could not be joined. */
function endOf(cause: unknown): [RoomEnd, string] {
  const { code } = toVultusError(cause);
  if (cause instanceof VultusError) return [code === 'address_not_allowed' ? 'not allowed' : 'lost', code];
  const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
  // As the server answers it (RFC 9110 §15.5): not authorised, not allowed, no such room.
  return [/\b40[134]\b/.test(detail) ? 'refused' : 'lost', detail];
}
