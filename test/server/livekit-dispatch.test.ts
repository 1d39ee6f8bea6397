import { AgentDispatchClient, type ParticipantInfo, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LiveKitServer, noLiveKitServer } from '../support/livekit-server.ts';
import { ServeProcess } from '../support/serve-process.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };

/** Whole servers under one LiveKit server: which of them has a room is LiveKit's choice. */
describe.skipIf(noLiveKitServer)(
  'servers that share the jobs of a LiveKit server',
  { timeout: 240_000 },
  () => {
    let livekit: LiveKitServer;
    let avatarId: string;
    const servers: ServeProcess[] = [];
    beforeAll(async () => {
      livekit = await LiveKitServer.start();
    });
    afterAll(() => livekit?.close());
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.close();
    });

    const startServer = async () => {
      const args = ['--livekit', livekit.url, '--workers', '1', '--drain-s', '120', '--log-level', 'warn'];
      const env = { LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret };
      const server = await ServeProcess.start(args, env);
      servers.push(server);
      const { avatars } = await (await fetch(`${server.url}/v1/avatars`)).json();
      avatarId = avatars[0].id;
      return server;
    };
    const api = () => [livekit.url.replace('ws:', 'http:'), livekit.apiKey, livekit.apiSecret] as const;
    const dispatch = (room: string) =>
      new AgentDispatchClient(...api()).createDispatch(room, 'vultus', {
        metadata: JSON.stringify({ avatarId, size: 256 }),
      });
    const avatarOf = async (room: string): Promise<ParticipantInfo | undefined> => {
      const participants = await new RoomServiceClient(...api()).listParticipants(room).catch(() => []);
      return participants.find(({ tracks }) => tracks.length === 2);
    };
    const expectAvatar = (room: string) =>
      vi.waitFor(async () => expect(await avatarOf(room)).toBeDefined(), PATIENCE);

    it('take over from one that is killed, and from one that drains', async () => {
      const first = await startServer();
      await dispatch('one');
      await expectAvatar('one');
      expect(await first.sessionCount()).toBe(1);

      const second = await startServer();
      const killedMs = performance.now();
      await first.end('SIGKILL');
      // As a plugin does: it asks anew when it sees that its avatar has gone.
      await vi.waitFor(async () => expect(await avatarOf('one')).toBeUndefined(), PATIENCE);
      const goneMs = performance.now() - killedMs;
      await dispatch('one');
      await expectAvatar('one');
      const againMs = performance.now() - killedMs;
      console.log(`after kill −9: gone ${goneMs.toFixed(0)} ms, there again ${againMs.toFixed(0)} ms`);
      expect(await second.sessionCount()).toBe(1);
      // By the time-outs of LiveKit alone it is 20 s and more.
      expect(goneMs).toBeLessThan(10_000);

      const third = await startServer();
      const ended = second.end('SIGTERM');
      await vi.waitFor(async () => {
        expect(await (await fetch(`${second.url}/healthz`)).json()).toMatchObject({ status: 'draining' });
      }, PATIENCE);
      await dispatch('two');
      await expectAvatar('two');
      expect(await third.sessionCount()).toBe(1);
      expect(await second.sessionCount()).toBe(1);
      await new RoomServiceClient(...api()).deleteRoom('one');
      expect(await ended).toBe(0);
    });
  },
);
