import { expect, it } from 'vitest';
import { LiveKitServer, noLiveKitServer } from './livekit-server.ts';

it.skipIf(noLiveKitServer)(
  'runs beside another one, and starts again where it was',
  { timeout: 90_000 },
  async () => {
    const servers = [await LiveKitServer.start(), await LiveKitServer.start()];
    try {
      const [first, second] = servers;
      expect(first.url).not.toBe(second.url);
      await first.close();
      await expect(fetch(first.url.replace('ws:', 'http:'))).rejects.toThrow();
      servers.push(await first.startAgain());
      for (const { url } of servers.slice(1))
        expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(200);
    } finally {
      for (const server of servers) await server.close();
    }
  },
);
