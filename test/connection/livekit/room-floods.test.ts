import type { LocalParticipant } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../../src/connection/livekit/room-messages.ts';
import { Rooms } from '../../../src/connection/livekit/rooms.ts';
import { RoomViewer, roomToken } from '../../support/livekit-room.ts';
import { LiveKitServer, noLiveKitServer } from '../../support/livekit-server.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const STREAM = { name: 'x', topic: 'lk.audio_stream', destinationIdentities: ['avatar'] };

describe.skipIf(noLiveKitServer)('floods in a LiveKit room', { timeout: 120_000 }, () => {
  let livekit: LiveKitServer;
  let rooms: Rooms;
  beforeAll(async () => {
    livekit = await LiveKitServer.start();
    rooms = new Rooms({ rules: ['127.0.0.1'] });
  }, 60_000);
  afterAll(async () => {
    await rooms?.close();
    await livekit?.close();
  });

  const join = async (room: string) => {
    const token = await roomToken(livekit, 'avatar', { room, agent: true, onBehalfOf: 'agent' });
    const events: RoomEvent['type'][] = [];
    let why: string | undefined;
    let leave = () => {};
    const over = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const video = { width: 256, height: 256, fps: 25, bitrateKbps: 500 };
    rooms.join({ url: livekit.url, token, video }, (event) => {
      if (event.type === 'process lost') return;
      events.push(event.type);
      if (event.type !== 'left') return;
      why = event.why;
      leave();
    });
    await expect.poll(() => events, PATIENCE).toContain('joined');
    return { events, over, why: () => why };
  };

  it.each<[string, number, (participant: LocalParticipant) => Promise<unknown>]>([
    // Fewer than may come at once.
    ['streams that nobody ends', 300, (flood) => flood.streamBytes(STREAM)],
    ['texts of another topic', 4000, (flood) => flood.sendText('x', { topic: 'other' })],
    [
      'calls by others than the agent',
      4000,
      (flood) =>
        flood
          .performRpc({ destinationIdentity: 'avatar', method: 'lk.clear_buffer', payload: '' })
          .catch(() => {}),
    ],
  ])('%s: that room is left, and no other', async (name, most, send) => {
    const quiet = await join(`quiet beside ${name}`);
    const flooded = await join(name);
    const viewer = await RoomViewer.join(livekit, name, 'flood', []);
    for (let sent = 0; sent < most && !flooded.why(); sent += 100) {
      const batch = Array.from({ length: 100 }, () => send(viewer.room.localParticipant!));
      // Calls to somebody who has gone wait for an answer for long.
      await Promise.race([Promise.all(batch), flooded.over]);
    }
    await expect.poll(flooded.why, PATIENCE).toBe('flooded');
    expect(quiet.events).not.toContain('left');
    await viewer.close();
  });
});
