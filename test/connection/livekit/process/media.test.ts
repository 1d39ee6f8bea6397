import { Room } from '@livekit/rtc-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Media } from '../../../../src/connection/livekit/process/media.ts';
import { RoomViewer, roomToken } from '../../../support/livekit-room.ts';
import { LiveKitServer, noLiveKitServer } from '../../../support/livekit-server.ts';

const STALL_MS = 1000;
/** Of one packet. */
const PACKET_MS = 20;
const VIDEO = { width: 256, height: 256, fps: 25, bitrateKbps: 500 };

let livekit: LiveKitServer;
const room = new Room();
beforeAll(async () => {
  if (noLiveKitServer) return;
  livekit = await LiveKitServer.start();
  await room.connect(livekit.url, await roomToken(livekit, 'avatar', { room: 'room' }));
});
afterAll(async () => {
  await room.disconnect();
  await livekit?.close();
});

async function voicePackets(): Promise<number> {
  const { publisherStats } = await room.getRtcStats();
  for (const { stats } of publisherStats)
    if (stats.case === 'outboundRtp' && stats.value.stream?.kind === 'audio')
      return Number(stats.value.sent?.packetsSent);
  return 0;
}

it.skipIf(noLiveKitServer)(
  'voice goes out in time where this thread stands still, so that no subscriber learns to wait for it',
  { timeout: 60_000 },
  async () => {
    const media = await Media.publish(room.localParticipant!, VIDEO);
    media.play({ samples: new Float32Array(960), mediaTimeMs: 0 });
    await expect.poll(voicePackets, { timeout: 30_000 }).toBeGreaterThan(5);
    const before = await voicePackets();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
    const during = (await voicePackets()) - before;
    await media.close();
    expect(during).toBeGreaterThan((0.5 * STALL_MS) / PACKET_MS);
  },
);

it.skipIf(noLiveKitServer)(
  'after a clear nothing is heard of the fade that the session ends with: what came before it never goes out',
  { timeout: 60_000 },
  async () => {
    const media = await Media.publish(room.localParticipant!, VIDEO);
    const viewer = await RoomViewer.join(livekit, 'room', 'listener', ['audio']);
    let loudest = 0;
    viewer.onSound = (samples) => {
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    };
    const say = (loudness: number, mediaTimeMs: number) =>
      media.play({ samples: new Float32Array(960).map((_, i) => loudness * Math.sin(i / 8)), mediaTimeMs });
    let mediaTimeMs = 0;
    const flow = setInterval(() => {
      mediaTimeMs += 20;
      say(0.1, mediaTimeMs);
    }, 20);
    await expect.poll(() => loudest, { timeout: 30_000 }).toBeGreaterThan(1000);
    clearInterval(flow);
    media.mute();
    media.unmute();
    // As told apart: the fade is loud, and as long as one frame of the client's.
    const fade = new Float32Array(960);
    for (let i = 0; i < 480; i++) fade[i] = 0.9 * Math.sin(i / 8);
    media.play({ samples: fade, mediaTimeMs: mediaTimeMs + 20 });
    const heard = viewer.sound.length;
    await expect.poll(() => viewer.sound.length, { timeout: 30_000 }).toBeGreaterThan(heard + 150);
    expect(loudest).toBeLessThan(10_000);
    say(0.9, mediaTimeMs + 40);
    await expect.poll(() => loudest, { timeout: 30_000 }).toBeGreaterThan(10_000);
    await viewer.close();
    await media.close();
  },
);
