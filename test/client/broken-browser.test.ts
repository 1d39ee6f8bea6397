import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { playMedia, shownBrightness } from './support/played-media.ts';
import { openSdkPage, type SdkScope } from './support/sdk-page.ts';

const ENOUGH_MS = 20_000;
let browser: Browser;
let server: Awaited<ReturnType<typeof scriptedServer>>;
let page: Page;
let stopMedia: (() => void) | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await scriptedServer();
  page = await openSdkPage(browser, await server.listen());
}, 60_000);
afterEach(async () => {
  stopMedia?.();
  stopMedia = undefined;
  await page?.close();
  await server.close();
});

test('by WebRTC a connection that breaks is made again, with its pictures', async () => {
  await page.evaluate(() => {
    const { prototype } = RTCPeerConnection;
    const create = prototype.createDataChannel;
    prototype.createDataChannel = function (...args) {
      const channel = create.apply(this, args);
      (globalThis as unknown as { channel: RTCDataChannel }).channel = channel;
      return channel;
    };
  });
  await page.evaluate(async () => {
    const scope = globalThis as unknown as SdkScope & { channel: RTCDataChannel };
    const session = await new scope.sdk.Vultus().sessions.create({ avatarId: 'own', size: 256 });
    document.body.innerHTML = '<video autoplay playsinline></video>';
    scope.live = await session.connectWebRtc({ video: document.querySelector('video')! });
    const reconnected = new Promise((resolve) => scope.live.once('reconnected', resolve));
    scope.channel.close();
    await reconnected;
    await scope.live.ping();
  });
  stopMedia = playMedia(server.sessions.get('s1')!, 256, () => 200);
  await expect.poll(() => shownBrightness(page, 'video'), { timeout: ENOUGH_MS }).toBeGreaterThan(200);
}, 60_000);

test('where WebRTC does not get through, connect takes the WebSocket and says why', async () => {
  const [route, code] = await page.evaluate(async () => {
    const { sdk } = globalThis as unknown as SdkScope;
    const Peer = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Peer {
      constructor(config: RTCConfiguration) {
        super({ ...config, iceTransportPolicy: 'relay' });
      }
    } as typeof Peer;
    const session = await new sdk.Vultus().sessions.create({ avatarId: 'own' });
    let why = '';
    const live = await session.connect({
      onFallback: ({ code }) => {
        why = code;
      },
    });
    live.close();
    return [live.route, why];
  });
  expect(route).toBe('websocket');
  expect(code).toMatch(/^(connect_timeout|connection_lost)$/);
}, 60_000);
