import { LiveKitServer, noLiveKitServer } from '../../test/support/livekit-server.ts';
import { startBenchServer } from '../fixtures.ts';
import type { Report } from '../report.ts';
import { clearRows } from './clears.ts';
import { orderRows } from './orders.ts';
import { roomRows } from './room.ts';
import { serverRows } from './servers.ts';
import { syncRows } from './sync.ts';

/** G: an avatar in a room of a real LiveKit server on this machine, as a subscriber gets it. */
export async function benchLiveKit(): Promise<Report> {
  const name = 'G. LiveKit room on loopback, seen by another participant';
  if (noLiveKitServer) return { name, rows: [], skipped: [noLiveKitServer] };
  const livekit = await LiveKitServer.start();
  try {
    const sync = await syncRows(livekit);
    const servers = await serverRows(livekit);
    const server = await startBenchServer({ livekitHosts: ['127.0.0.1'] });
    try {
      const room = await roomRows(livekit, server);
      const clears = await clearRows(livekit, server);
      const orders = await orderRows(livekit, server);
      return {
        name,
        rows: [...room.rows, ...clears.rows, ...sync.rows, ...orders.rows, ...servers],
        skipped: [...clears.skipped, ...orders.skipped],
        details: { room: room.details, clears: clears.details, sync: sync.details },
      };
    } finally {
      await server.close();
    }
  } finally {
    await livekit.close();
  }
}
