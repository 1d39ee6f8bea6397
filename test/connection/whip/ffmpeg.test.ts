import { afterEach, describe, expect, it, vi } from 'vitest';
import { scriptedServer } from '../../support/scripted-server.ts';
import { publish, whipMissing } from '../../support/whip-publisher.ts';

if (whipMissing) console.log(`FFmpeg as a WHIP publisher is left out: ${whipMissing}`);

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

/** How much of a voice is its 300 Hz, 0..1. */
function share(samples: Float32Array): number {
  let [real, imaginary, power] = [0, 0, 0];
  samples.forEach((sample, i) => {
    const angle = (2 * Math.PI * 300 * i) / 48_000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    power += sample * sample;
  });
  return (2 * (real ** 2 + imaginary ** 2)) / (samples.length * power);
}

describe.skipIf(whipMissing)('FFmpeg', () => {
  it.each(['voice', 'video'] as const)(
    'publishes its %s to WHIP, is heard, and leaves',
    { timeout: 60_000 },
    async (sends) => {
      const server = await scriptedServer({ apiKey: 'secret-key' });
      owned.push(server);
      const headers = { authorization: 'Bearer secret-key' };
      await server.inject('POST', '/v1/sessions', { headers, payload: { avatarId: 'own' } });
      const session = server.sessions.get('s1')!;
      const publisher = await publish(`${await server.listen()}/v1/sessions/s1/whip`, 'secret-key', sends);
      owned.push(publisher);
      await vi.waitFor(() => expect(session.voice.length).toBeGreaterThan(60), 20_000);
      const heard = session.voice.slice(20, 60).map(share);
      // Not a fresh piece of silence in place of one that was lost; there is none on loopback.
      expect(heard.filter((one) => one > 0.9).length).toBeGreaterThan(30);
      expect(await publisher.end()).toBe(0);
      const peers = async () =>
        /vultus_connections\{route="whip"\} (\d+)/.exec(
          (await server.inject('GET', '/metrics', { headers })).body,
        )?.[1];
      await expect.poll(peers).toBe('0');
    },
  );
});
