import {
  AudioStream,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  TrackKind,
  VideoStream,
} from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import type { LiveKitServer } from './livekit-server.ts';

type Keys = Pick<LiveKitServer, 'url' | 'apiKey' | 'apiSecret'>;

export interface TokenOptions {
  room: string;
  agent?: boolean;
  /** For whom it publishes. */
  onBehalfOf?: string;
  ttlS?: number;
}

export async function roomToken(
  { apiKey, apiSecret }: Keys,
  identity: string,
  { room, agent, onBehalfOf, ttlS = 600 }: TokenOptions,
): Promise<string> {
  const attributes: Record<string, string> =
    onBehalfOf === undefined ? {} : { 'lk.publish_on_behalf': onBehalfOf };
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: ttlS, attributes });
  token.addGrant({ roomJoin: true, room });
  if (agent) token.kind = 'agent';
  return token.toJwt();
}

/** Loud for as long as it is not this quiet, of 32767. */
const QUIET = 500;

/** Somebody who watches and hears what is published in a room. */
export class RoomViewer {
  readonly room = new Room();
  readonly tracks: { name: string; source: number; kind: number }[] = [];
  readonly pictures: { atMs: number; width: number; height: number }[] = [];
  /** Each 10 ms that came, with the largest sample. */
  readonly sound: { atMs: number; peak: number }[] = [];
  /** Of each picture, where it was given. */
  onPicture: ((data: Uint8Array, width: number, height: number, atMs: number) => void) | undefined;
  onSound: ((samples: Int16Array, atMs: number) => void) | undefined;

  /** `takes`: of what is published; each costs this process time. */
  static async join(
    keys: Keys,
    room: string,
    identity = 'viewer',
    takes: readonly ('audio' | 'video')[] = ['audio', 'video'],
  ): Promise<RoomViewer> {
    const viewer = new RoomViewer();
    const kinds: TrackKind[] = takes.map((kind) =>
      kind === 'audio' ? TrackKind.KIND_AUDIO : TrackKind.KIND_VIDEO,
    );
    const take = (publication: RemoteTrackPublication) => {
      if (kinds.includes(publication.kind ?? TrackKind.KIND_UNKNOWN)) publication.setSubscribed(true);
    };
    viewer.room.on(RoomEvent.TrackPublished, take);
    viewer.room.on(RoomEvent.TrackSubscribed, (track, { name, source }) => {
      viewer.tracks.push({ name: name ?? '', source: source ?? 0, kind: track.kind ?? 0 });
      void (track.kind === TrackKind.KIND_VIDEO ? viewer.#watch(track) : viewer.#hear(track));
    });
    const token = await roomToken(keys, identity, { room });
    await viewer.room.connect(keys.url, token, { autoSubscribe: false, dynacast: false });
    for (const { trackPublications } of viewer.room.remoteParticipants.values())
      for (const publication of trackPublications.values()) take(publication as RemoteTrackPublication);
    return viewer;
  }

  /** Whether it hears something now. */
  get loud(): boolean {
    return (this.sound.at(-1)?.peak ?? 0) > QUIET;
  }

  /** When it was last loud, before now. */
  get lastLoudMs(): number | undefined {
    return this.sound.findLast(({ peak }) => peak > QUIET)?.atMs;
  }

  async close(): Promise<void> {
    await this.room.disconnect();
  }

  async #watch(track: RemoteTrack): Promise<void> {
    for await (const { frame } of new VideoStream(track as never)) {
      const atMs = performance.now();
      this.pictures.push({ atMs, width: frame.width, height: frame.height });
      this.onPicture?.(frame.data, frame.width, frame.height, atMs);
    }
  }

  async #hear(track: RemoteTrack): Promise<void> {
    for await (const { data } of new AudioStream(track as never, 48_000, 1)) {
      const atMs = performance.now();
      let peak = 0;
      for (const sample of data) peak = Math.max(peak, Math.abs(sample));
      this.sound.push({ atMs, peak });
      this.onSound?.(data, atMs);
    }
  }
}
