import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { resampleAll } from '../../src/audio/resampler.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { bestLag } from '../support/signals.ts';

const owned: { close(): unknown }[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.close());
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

it('brings what the user says to the bot whose microphone it is, and not to a viewer', async () => {
  const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
  owned.push(session);
  const bot = await session.connectWebSocket({
    audio: { encoding: 's16le', sampleRateHz: 24000 },
    microphoneAudio: { encoding: 's16le', sampleRateHz: 48000 },
    voiceInput: 'listen',
    outputs: { userAudio: 'pcm' },
  });
  owned.push(bot);
  const viewer = session.connectWebSocket({ role: 'view', outputs: { userAudio: 'pcm' }, reconnect: false });
  await expect(viewer).rejects.toMatchObject({ code: 'view_only' });
  const heard: number[] = [];
  bot.on('user.audio', ({ data }) => heard.push(...s16leToFloat(data)));
  const voice = await sampleVoice(2);
  for (let at = 0; at < voice.length; at += 960) {
    bot.hear(voice.slice(at, at + 960));
    await sleep(5);
  }
  await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThan(31_000);
  const said = resampleAll(voice, 48000, 16000).slice(0, 24_000);
  expect(bestLag(said, Float32Array.from(heard), 320).correlation).toBeGreaterThan(0.99);
}, 60_000);
