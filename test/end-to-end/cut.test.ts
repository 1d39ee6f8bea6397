import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { floatToS16le } from '../../src/audio/pcm.ts';
import type { LiveConnection, Session } from '../../src/client/index.ts';
import { serializeClientMessage } from '../../src/contract/wire.ts';
import { openSdkPage, type SdkScope } from '../client/support/sdk-page.ts';
import { launchBrowser } from '../support/browser.ts';
import { Neighbour } from '../support/neighbour.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** The start analyses the gallery, on a machine that may be busy. */
const SLOW_MS = 180_000;
let server: TestServer;
let voice: Float32Array;
let neighbour: Neighbour;
let session: Session;
let browser: Browser;

beforeAll(async () => {
  server = await startTestServer({ workers: 2 });
  voice = await sampleVoice(1);
  neighbour = await Neighbour.open(server);
  // On a worker of its own it is always taken, also where the machine is busy.
  session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
  browser = await launchBrowser();
}, SLOW_MS);
afterAll(async () => {
  await browser?.close();
  await server.close();
});

/** A way to the server that breaks off, both ways at once, when so many bytes have gone one way. */
async function breakingWay(limits: { up?: number; down?: number }) {
  const { port } = new URL(server.url);
  const way = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1');
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    const pass = (from: typeof client, to: typeof client, limit = Number.POSITIVE_INFINITY) => {
      let passed = 0;
      from.on('data', (data) => {
        to.write(data.subarray(0, limit - passed));
        passed += data.length;
        if (passed >= limit) cut();
      });
      from.on('error', cut).on('close', cut);
    };
    pass(client, upstream, limits.up);
    pass(upstream, client, limits.down);
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  return { port: (way.address() as AddressInfo).port, close: () => way.close() };
}

describe('connections that break off', () => {
  it('at any byte: the session can be taken up again, and nobody else feels it', {
    timeout: SLOW_MS,
  }, async () => {
    const hello = serializeClientMessage({
      type: 'hello',
      version: 1,
      audio: { encoding: 's16le', sampleRateHz: 48000 },
      outputs: { video: true, voice: true },
    });
    const audio = serializeClientMessage({ type: 'audio', data: floatToS16le(voice.subarray(0, 9600)) });
    const bytes = [1, 40, 180, 200, 240, 280, 300, 330, 400, 1000, 9000, 19_000, 25_000];
    const cuts = bytes.flatMap((count) => [{ up: count }, { down: count }]);
    for (const limits of cuts) {
      const way = await breakingWay(limits);
      const socket = new WebSocket(`ws://127.0.0.1:${way.port}/v1/sessions/${session.id}/stream`);
      socket.on('error', () => {});
      socket.on('open', () => {
        socket.send(hello);
        socket.send(audio);
        socket.send(audio);
      });
      await new Promise((resolve) => socket.on('close', resolve));
      way.close();
    }
    let live: LiveConnection | undefined;
    await expect
      .poll(
        async () => {
          live ??= await session.connectWebSocket().catch(() => undefined);
          return live?.ready.sessionId;
        },
        { timeout: 10_000 },
      )
      .toBe(session.id);
    live?.close();
    await neighbour.expectUnharmed(voice);
  });

  it('a browser that is reloaded in the middle of a speech goes on with its session', {
    timeout: SLOW_MS,
  }, async () => {
    const before = await openSdkPage(browser, server.url);
    await watch(before, session.id);
    await before.evaluate(
      (samples) => {
        const { live } = globalThis as unknown as SdkScope;
        live.speak(Float32Array.from(samples));
      },
      [...voice.filter((_, i) => i % 2 === 0)],
    );
    await before.reload();
    const after = await openSdkPage(browser, server.url);
    await watch(after, session.id);
    await neighbour.expectUnharmed(voice);
    await Promise.all([before.close(), after.close()]);
  });
});

/** Connects the page to the session and waits for moving pictures. */
async function watch(page: Page, id: string): Promise<void> {
  await page.evaluate(async (id) => {
    const scope = globalThis as unknown as SdkScope;
    document.body.innerHTML = '<video autoplay playsinline muted></video>';
    const session = await new scope.sdk.Vultus().sessions.get(id);
    scope.live = await session.connectWebRtc({ video: document.querySelector('video')! });
  }, id);
  const shown = () =>
    page.evaluate(() => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames);
  await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(10);
}
