import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { ServeProcess } from '../../test/support/serve-process.ts';
import { analyseGallery } from '../../test/support/stock-gallery.ts';
import { STOCK } from '../../test/support/stocked-cache.ts';
import { atMost, type Row } from '../report.ts';

const ROOMS = Array.from({ length: 4 }, (_, i) => `shared-${i}`);
const SIZE = 256;
const POLL_MS = 50;
/** As our plugins (their longest wait). */
const ASK_AGAIN_MS = 4000;
const PATIENCE_MS = 30_000;

/** Two whole servers under one LiveKit: how jobs are spread, and one of them killed. */
export async function serverRows(livekit: LiveKitServer): Promise<Row[]> {
  const args = [
    '--livekit',
    livekit.url,
    '--workers',
    '1',
    '--sessions-per-minute',
    '0',
    '--log-level',
    'error',
  ];
  const keys = { LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret };
  await analyseGallery(STOCK);
  const servers = [await ServeProcess.start(args, keys), await ServeProcess.start(args, keys)];
  const [url, key, secret] = [livekit.url.replace('ws:', 'http:'), livekit.apiKey, livekit.apiSecret];
  const dispatches = new AgentDispatchClient(url, key, secret);
  const rooms = new RoomServiceClient(url, key, secret);
  try {
    const { avatars } = await (await fetch(`${servers[0].url}/v1/avatars`)).json();
    const metadata = JSON.stringify({ avatarId: avatars[0].id, size: SIZE });
    const ask = (room: string) => dispatches.createDispatch(room, 'vultus', { metadata });
    const hasAvatar = async (room: string) => {
      const participants = await rooms.listParticipants(room).catch(() => []);
      return participants.some(({ tracks }) => tracks.length === 2);
    };
    const asked = new Map<string, number>();
    /** As our plugins do: an avatar that is not there, or has gone, is asked for anew. @returns rooms that have none */
    const keep = async () => {
      const without: string[] = [];
      for (const room of ROOMS) {
        if (await hasAvatar(room)) {
          asked.delete(room);
          continue;
        }
        without.push(room);
        if (performance.now() - (asked.get(room) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) continue;
        asked.set(room, performance.now());
        await ask(room);
      }
      return without;
    };
    const placedMs = await until(async () => (await keep()).length === 0);
    const counts = await Promise.all(servers.map((server) => server.sessionCount()));
    const killed = counts[0] >= counts[1] ? 0 : 1;
    const killing = servers[killed].end('SIGKILL');
    const lost = new Set<string>();
    const backMs = await until(async () => {
      const without = await keep();
      for (const room of without) lost.add(room);
      return without.length === 0 && lost.size >= counts[killed];
    });
    await killing;
    return [
      {
        measure: `${ROOMS.length} jobs at once for two servers: of each; all are there after`,
        value: `${counts.join(' + ')}; ${(placedMs / 1000).toFixed(1)} s`,
      },
      atMost(
        `kill −9 of one: each of its ${counts[killed]} rooms has an avatar again after`,
        backMs / 1000,
        5,
        's',
      ),
    ];
  } finally {
    for (const server of servers) await server.close();
  }
}

/** @returns after how long; NaN where it never is */
async function until(done: () => Promise<boolean>): Promise<number> {
  const fromMs = performance.now();
  while (!(await done())) {
    if (performance.now() - fromMs > PATIENCE_MS) return Number.NaN;
    await sleep(POLL_MS);
  }
  return performance.now() - fromMs;
}
