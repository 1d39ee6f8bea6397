import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveKitServer, noLiveKitServer } from '../support/livekit-server.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TEST_MODULES, testModulesLack } from '../support/test-modules.ts';
import { PackedClient } from './support/packed-client.ts';

const lacks = noLiveKitServer ?? testModulesLack('@livekit/agents');
if (lacks) console.log(`Tests with agents of @livekit/agents are skipped: ${lacks}`);

let livekit: LiveKitServer;
let server: TestServer;
let packed: PackedClient;
beforeAll(async () => {
  if (lacks) return;
  packed = await PackedClient.install();
  for (const name of ['@livekit', 'livekit-server-sdk'])
    symlinkSync(join(TEST_MODULES, name), join(packed.app, 'node_modules', name));
  livekit = await LiveKitServer.start();
  server = await startTestServer({ livekitHosts: ['127.0.0.1'] });
}, 300_000);
afterAll(async () => {
  await server?.close();
  await livekit?.close();
  packed?.remove();
});

it.skipIf(lacks)(
  `speaks for an agent of @livekit/agents, falls silent, and comes back`,
  { timeout: 120_000 },
  async () => {
    packed.write('agent.mjs', readFileSync(new URL('support/livekit-agent.mjs', import.meta.url), 'utf8'));
    const { url, apiKey, apiSecret } = livekit;
    const said = await packed.run(
      process.execPath,
      'agent.mjs',
      JSON.stringify({ url, apiKey, apiSecret, vultus: server.url }),
    );
    const told = JSON.parse(said.trim().split('\n').at(-1)!);
    expect(told).toMatchObject({ wholeInterrupted: false, longInterrupted: true, gone: true });
    expect(told.wholeHeardS).toBeGreaterThan(1);
    expect(told.heardAfterInterruptionS).toBeLessThan(1);
    expect(told.heardAgainS).toBeGreaterThan(0.5);
    expect(await server.vultus.sessions.list()).toEqual([]);
  },
);
