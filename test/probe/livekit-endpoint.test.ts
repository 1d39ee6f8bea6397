import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sendPiece } from '../../src/probe/checks/speaking.ts';
import { LiveKitEndpoint } from '../../src/probe/livekit/livekit-endpoint.ts';
import { Recorder } from '../../src/probe/measure/recorder.ts';
import { pieceOf } from '../../src/probe/voice.ts';
import { pythonPath } from '../../src/setup/counterparts.mjs';
import { LiveKitServer, noLiveKitServer } from '../support/livekit-server.ts';
import { pythonLacks } from '../support/python.ts';

const LAMP = fileURLToPath(new URL('../support/counterparts/lamp_avatar.py', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PATIENCE_MS = 60_000;

/** LiveKit's own receiver, in a process of its own. */
it.skipIf(noLiveKitServer ?? pythonLacks('livekit.agents'))(
  'talks to a worker of another make',
  { timeout: 180_000 },
  async () => {
    const server = await LiveKitServer.start();
    const command = `exec ${pythonPath()} ${LAMP}`;
    const endpoint = new LiveKitEndpoint(server, 'lamp', { by: 'command', command });
    const recorder = new Recorder();
    try {
      recorder.keepsPictures = true;
      await endpoint.join(recorder);
      const tone = Float32Array.from({ length: 48_000 }, (_, i) => 0.5 * Math.sin(i / 10));
      const { chunks } = pieceOf(tone);
      await sendPiece(endpoint, { ...pieceOf(tone), chunks: chunks.slice(0, 25) });
      expect(await recorder.until(() => recorder.ends.length > 0, PATIENCE_MS)).toBe(true);
      expect(recorder.starts).toBe(1);
      expect(recorder.ends[0]).toMatchObject({ interrupted: false });
      expect(recorder.ends[0].playedMs).toBeCloseTo(500, -1);
      const isHeard = () => recorder.sounds.some(({ value }) => value > 0.2);
      expect(await recorder.until(isHeard, PATIENCE_MS)).toBe(true);
      const isSeen = () => recorder.pictures.some(({ data }) => data[0] > 100);
      expect(await recorder.until(isSeen, PATIENCE_MS)).toBe(true);

      recorder.clean();
      await sendPiece(endpoint, pieceOf(tone));
      expect(await recorder.until(isHeard, PATIENCE_MS)).toBe(true);
      await endpoint.clear();
      expect(await recorder.until(() => recorder.ends.length > 1, PATIENCE_MS)).toBe(true);
      expect(recorder.ends[1]).toMatchObject({ interrupted: true });
      expect(recorder.ends[1].playedMs).toBeLessThan(2000);
    } finally {
      await endpoint.close();
      await server.close();
    }
  },
);

it.skipIf(noLiveKitServer ?? pythonLacks('livekit.agents'))(
  'reports a room that is lost on the way, whatever the client does of it',
  { timeout: 240_000 },
  async () => {
    const server = await LiveKitServer.start();
    const { url, apiKey, apiSecret } = server;
    const flags = ['--livekit-api-key', apiKey, '--livekit-api-secret', apiSecret, '--minutes', '9'];
    const command = `exec ${pythonPath()} ${LAMP}`;
    const said = new Promise<{ code: unknown; text: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [MAIN, 'probe', url, '--command', command, ...flags],
        (error, out, err) => resolve({ code: error?.code ?? 0, text: out + err }),
      );
      child.stderr!.on('data', async (text: string) => {
        if (!text.includes('speaking')) return;
        await sleep(3000);
        await server.close();
      });
    });
    const { code, text } = await said;
    expect(text).toMatch(/lost .* —/);
    expect(text).toContain('A bar is missed.');
    expect(code).toBe(1);
  },
);

it('says that a LiveKit server cannot be reached', { timeout: 120_000 }, async () => {
  const keys = { url: 'ws://127.0.0.1:9', apiKey: 'key', apiSecret: 'a secret that is long enough for it' };
  const endpoint = new LiveKitEndpoint(keys, 'room', { by: 'waiting' });
  await expect(endpoint.join(new Recorder())).rejects.toMatchObject({ code: 'room_unreachable' });
  await endpoint.close();
});
