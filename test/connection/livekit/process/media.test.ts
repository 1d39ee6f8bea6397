import { Room } from '@livekit/rtc-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Media } from '../../../../src/connection/livekit/process/media.ts';
import { roomToken } from '../../../support/livekit-room.ts';
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
