import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LiveConnection, Session } from '../../../src/client/index.ts';
import type { WebCodecsPlayer } from '../../../src/client/web-codecs.ts';
import { launchBrowser } from '../../support/browser.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { openModulePage } from '../support/module-page.ts';

const ENOUGH_MS = 120_000;
const SIZE = 256;

interface Scope {
  sdk: typeof import('../support/sdk.ts');
  live: LiveConnection;
  player: WebCodecsPlayer;
  told: string[];
  encoders: number;
  longestGapMs: number;
}

let browser: Browser;
let server: TestServer;
let page: Page;
let session: Session;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startTestServer({ apiKey: 'a key that is long' })]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(async () => {
  await page?.close();
  await session?.close();
});

/** A page that has nothing but the addresses of a session whose viewers draw. `slowMs`: what the worker waits for. */
async function watch({ slowMs = 0 } = {}): Promise<void> {
  session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: SIZE, draw: 'client' });
  page = await openModulePage(browser, server.url, new URL('../support/sdk.ts', import.meta.url));
  await page.evaluate(
    async ({ urls, slowMs }) => {
      const scope = globalThis as unknown as Scope;
      const { Worker: Own } = globalThis;
      if (slowMs > 0)
        globalThis.Worker = class extends Own {
          override postMessage(message: unknown): void {
            setTimeout(() => super.postMessage(message), slowMs);
          }
        };
      const canvas = document.body.appendChild(document.createElement('canvas'));
      scope.live = await scope.sdk.Session.fromUrls(urls).connectWebSocket({ draw: 'client' });
      scope.told = [];
      scope.live.on('drawing', ({ by, reason }) => scope.told.push(`${by} ${reason}`));
      scope.live.on('stats', ({ encoders }) => Object.assign(scope, { encoders }));
      scope.player = await scope.sdk.attachWebCodecs(scope.live, canvas);
      scope.live.speak(Float32Array.from({ length: 24_000 * 8 }, (_, i) => 0.3 * Math.sin(i / 20)));
      let before: number | undefined;
      scope.longestGapMs = 0;
      requestAnimationFrame(function look() {
        const now = scope.player.shown?.mediaTimeMs;
        if (now !== undefined && before !== undefined)
          scope.longestGapMs = Math.max(scope.longestGapMs, now - before);
        before = now ?? before;
        requestAnimationFrame(look);
      });
    },
    { urls: session.info as { streamUrl: string }, slowMs },
  );
}

const told = () => page.evaluate(() => (globalThis as unknown as Scope).told);
const shownBy = () => page.evaluate(() => (globalThis as unknown as Scope).player.shown?.by);
const drawBy = (by: 'client' | 'server') =>
  page.evaluate((by) => (globalThis as unknown as Scope).player.drawBy(by), by);

/** By a token of a viewer of the session; who has it already is told so. */
async function getsRigOnce(): Promise<void> {
  const address = `${server.url}/v1/sessions/${session.id}/rig`;
  const authorization = `Bearer ${await session.createToken('view')}`;
  const first = await fetch(address, { headers: { authorization } });
  expect(first.status).toBe(200);
  expect((await first.arrayBuffer()).byteLength).toBeGreaterThan(1e6);
  const again = await fetch(address, {
    headers: { authorization, 'if-none-match': first.headers.get('etag')! },
  });
  expect(again.status).toBe(304);
}

test('the page draws, the server encodes nothing; pictures of the server and back while it runs', async () => {
  await watch();
  await expect.poll(shownBy, { timeout: ENOUGH_MS }).toBe('client');
  expect((await told()).at(-1)).toBe('client ready');
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as Scope).encoders), { timeout: ENOUGH_MS })
    .toBe(0);
  await drawBy('server');
  await expect.poll(shownBy, { timeout: ENOUGH_MS }).toBe('server');
  await drawBy('client');
  await expect.poll(shownBy, { timeout: ENOUGH_MS }).toBe('client');
  // On a busy machine the page may be too slow for a while, and say so in between.
  expect((await told()).filter((each) => each.endsWith('asked')).at(-1)).toBe('client asked');
  // What is shown is of what is heard; nobody waited for the other to start anew (how long, the bench says).
  const { shown, heard, gap, tracks } = await page.evaluate(() => {
    const { player, longestGapMs } = globalThis as unknown as Scope;
    return {
      shown: player.shown!.mediaTimeMs,
      heard: player.heardMs!,
      gap: longestGapMs,
      tracks: player.stream.getTracks().map(({ kind }) => kind),
    };
  });
  expect(heard).toBeGreaterThanOrEqual(shown);
  expect(gap).toBeLessThan(5000);
  expect(tracks.toSorted()).toEqual(['audio', 'video']);
  await getsRigOnce();
}, 300_000);

test('where the device does not keep up, the server draws', async () => {
  await watch({ slowMs: 250 });
  await expect.poll(told, { timeout: ENOUGH_MS }).toContain('server device_slow');
  await expect.poll(shownBy, { timeout: ENOUGH_MS }).toBe('server');
}, 300_000);
