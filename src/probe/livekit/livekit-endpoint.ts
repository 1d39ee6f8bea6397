import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AudioStream,
  DisconnectReason,
  RoomEvent as LiveKitEvent,
  type RemoteParticipant,
  type RemoteTrack,
  Room,
  TrackKind,
  VideoBufferType,
  VideoStream,
} from '@livekit/rtc-node';
import { AccessToken, AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { VultusError, withCode } from '../../errors.ts';
import type { Endpoint, Observer } from '../endpoint.ts';
import { VultusServer, type VultusServerOptions } from '../vultus/vultus-server.ts';
import { AvatarSender } from './avatar-sender.ts';

export interface LiveKitKeys {
  /** ws or wss. */
  url: string;
  apiKey: string;
  apiSecret: string;
}

/** How the avatar is brought into the room. */
export type Summons =
  /** By LiveKit's agent dispatch. */
  | { by: 'dispatch'; agentName: string; metadata: string }
  /** By a Vultus server's `POST /v1/livekit/sessions`. */
  | ({ by: 'server' } & VultusServerOptions)
  /** A worker as a shell command, with LIVEKIT_URL, LIVEKIT_TOKEN, LIVEKIT_ROOM and AGENT_IDENTITY. */
  | { by: 'command'; command: string }
  /** By somebody else. */
  | { by: 'waiting' };

const AGENT = 'probe-agent';
const AVATAR = 'probe-avatar';
const VIEWER_RATE_HZ = 48_000;
/** As long as an agent waits for its avatar. */
const JOIN_MS = 30_000;
/** Agents and avatars don't count: LiveKit closes a room of them alone after so long, in its default five minutes. */
const ROOM_S = 2 * 3600;

/** A room with an avatar worker, of whatever vendor: this is its agent, and its audience. */
export class LiveKitEndpoint implements Endpoint {
  readonly name: string;
  readonly #keys: LiveKitKeys;
  readonly #roomName: string;
  readonly #summons: Summons;
  readonly #room = new Room();
  readonly #undo: (() => unknown)[] = [];
  #sender: AvatarSender | undefined;
  #observer: Observer | undefined;
  #avatar: string | undefined;

  constructor(keys: LiveKitKeys, roomName: string, summons: Summons) {
    this.#keys = keys;
    this.#roomName = roomName;
    this.#summons = summons;
    this.name = `LiveKit room ${roomName}`;
  }

  async join(observer: Observer): Promise<void> {
    this.#observer = observer;
    const { promise, resolve } = Promise.withResolvers<RemoteParticipant>();
    this.#room.on(LiveKitEvent.TrackSubscribed, (track, _publication, participant) => {
      this.#avatar ??= participant.identity;
      if (participant.identity !== this.#avatar) return;
      this.#take(track);
      if (track.kind === TrackKind.KIND_VIDEO) resolve(participant);
    });
    this.#room.on(LiveKitEvent.ParticipantDisconnected, ({ identity }) => {
      if (identity === this.#avatar) observer.lost('the avatar has left the room');
    });
    this.#room.on(LiveKitEvent.Disconnected, (reason) =>
      this.#observer?.lost(`the room is lost: ${DisconnectReason[reason] ?? 'unknown'}`),
    );
    const { url } = this.#keys;
    const token = await this.#token(AGENT);
    try {
      await this.#service().createRoom({ name: this.#roomName, emptyTimeout: ROOM_S });
      await this.#room.connect(url, token, { autoSubscribe: true, dynacast: false });
    } catch (cause) {
      throw withCode('room_unreachable', cause);
    }
    await this.#summon();
    const late = sleep(JOIN_MS, undefined, { ref: false });
    const avatar = await Promise.race([promise, late]);
    if (!avatar) throw new VultusError('room_unreachable', 'no avatar with a picture within half a minute');
    this.#sender = new AvatarSender(this.#room.localParticipant!, avatar.identity, {
      started: () => observer.started(performance.now()),
      finished: (end) => observer.finished(end, performance.now()),
    });
  }

  say(samples: Int16Array): Promise<void> {
    return this.#sender!.say(samples);
  }

  endSegment(): Promise<void> {
    return this.#sender!.endSegment();
  }

  clear(): Promise<void> {
    return this.#sender!.clear();
  }

  async close(): Promise<void> {
    this.#observer = undefined;
    // Whoever was started may have ended by itself.
    for (const undo of this.#undo.splice(0)) await (async () => undo())().catch(() => {});
    await this.#room.disconnect();
  }

  #service(): RoomServiceClient {
    const { url, apiKey, apiSecret } = this.#keys;
    return new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
  }

  /** With the avatar's own attributes where it is for that. */
  async #token(identity: string): Promise<string> {
    const { apiKey, apiSecret } = this.#keys;
    const attributes: Record<string, string> = identity === AVATAR ? { 'lk.publish_on_behalf': AGENT } : {};
    const token = new AccessToken(apiKey, apiSecret, { identity, attributes, ttl: '2h' });
    token.addGrant({ room: this.#roomName, roomJoin: true });
    token.kind = 'agent';
    return token.toJwt();
  }

  async #summon(): Promise<void> {
    const summons = this.#summons;
    const { url, apiKey, apiSecret } = this.#keys;
    if (summons.by === 'dispatch') {
      const client = new AgentDispatchClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
      const { agentName, metadata } = summons;
      await client.createDispatch(this.#roomName, agentName, { metadata });
      // Whoever was sent there leaves with it.
      this.#undo.push(() => this.#service().deleteRoom(this.#roomName));
    } else if (summons.by === 'server') {
      this.#undo.push(await startOnServer(summons, { url, token: await this.#token(AVATAR) }));
    } else if (summons.by === 'command') {
      const LIVEKIT_TOKEN = await this.#token(AVATAR);
      const own = { LIVEKIT_URL: url, LIVEKIT_TOKEN, LIVEKIT_ROOM: this.#roomName, AGENT_IDENTITY: AGENT };
      const child = spawn(summons.command, {
        shell: true,
        env: { ...process.env, ...own },
        stdio: ['ignore', 'ignore', 'inherit'],
        detached: true,
      });
      child.once('error', ({ message }) => this.#observer?.lost(message));
      // Its shell and whatever that has started.
      this.#undo.push(() => child.pid !== undefined && process.kill(-child.pid));
    }
  }

  #take(track: RemoteTrack): void {
    void (track.kind === TrackKind.KIND_VIDEO ? this.#watch(track) : this.#hear(track));
  }

  async #watch(track: RemoteTrack): Promise<void> {
    for await (const { frame } of new VideoStream(track)) {
      const atMs = performance.now();
      const { data, width, height } =
        frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420);
      this.#observer?.picture({ data, width, height }, atMs);
    }
  }

  async #hear(track: RemoteTrack): Promise<void> {
    for await (const { data } of new AudioStream(track, VIEWER_RATE_HZ, 1)) {
      this.#observer?.sound(Float32Array.from(data, toFloat), VIEWER_RATE_HZ, performance.now());
    }
  }
}

function toFloat(sample: number): number {
  return sample / 32768;
}

/** @returns what ends it */
async function startOnServer(
  options: VultusServerOptions,
  room: { url: string; token: string },
): Promise<() => Promise<unknown>> {
  const server = new VultusServer(options);
  const avatarId = await server.avatarId();
  const { id } = await server.call('POST', '/v1/livekit/sessions', { avatarId, ...room });
  return () => server.call('DELETE', `/v1/sessions/${id}`);
}
