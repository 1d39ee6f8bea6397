import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { CuttableLine } from './support/cuttable-line.ts';
import { PackedClient } from './support/packed-client.ts';
import { playMedia, shownBrightness } from './support/played-media.ts';

const ENOUGH_MS = 20_000;
const POSTER = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
let packed: PackedClient;
let server: Awaited<ReturnType<typeof scriptedServer>>;
let url: string;

beforeAll(async () => {
  packed = await PackedClient.install();
}, 120_000);
afterAll(() => packed?.remove());
beforeEach(async () => {
  server = await scriptedServer({ corsOrigins: '*' });
  url = await server.listen();
});
afterEach(() => server.close());

describe('<vultus-avatar> in a fresh Vite app', () => {
  let browser: Browser;
  let site: PreviewServer;
  let page: Page;
  let stopMedia: (() => void) | undefined;
  const failures: string[] = [];

  beforeAll(async () => {
    packed.write('index.html', '<!doctype html><body><script type="module" src="/main.js"></script>');
    packed.write(
      'main.js',
      `import '@vultus/client/element';
       const avatar = document.createElement('vultus-avatar');
       const server = new URLSearchParams(location.search).get('server');
       avatar.setAttribute('server', server);
       globalThis.told = [];
       for (const name of ['vultus-reconnecting', 'vultus-ended'])
         avatar.addEventListener(name, ({ detail }) => told.push([name, detail?.code]));
       avatar.setAttribute('src', '/open');
       avatar.setAttribute('poster', ${JSON.stringify(POSTER)});
       avatar.setAttribute('captions', '');
       document.body.append(avatar);`,
    );
    const common = { root: packed.app, configFile: false, logLevel: 'silent' } as const;
    await build(common);
    site = await preview({
      ...common,
      preview: {
        port: 0,
        host: '127.0.0.1',
        headers: { 'content-security-policy': "script-src 'self'; style-src 'self'" },
      },
    });
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    failures.length = 0;
    page = await browser.newPage({ permissions: ['local-network-access'] });
    page.on('pageerror', (error) => failures.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) failures.push(message.text());
    });
    // What a page's own server does, with the key that it has.
    await page.route('**/open', async (route) => {
      const answer = await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own', size: 256 } });
      return route.fulfill({ json: answer.json() });
    });
    const [address] = site.resolvedUrls!.local;
    await page.goto(`${address}?server=${url}`);
  });
  afterEach(async () => {
    stopMedia?.();
    stopMedia = undefined;
    await page.close();
    expect(failures).toEqual([]);
  });

  const begin = async () => {
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Mute' }).waitFor({ timeout: ENOUGH_MS });
    return server.sessions.get('s1')!;
  };

  it('shows its poster, then the avatar; mutes; ends its session with itself', async () => {
    expect(await page.locator('vultus-avatar img').getAttribute('src')).toBe(POSTER);
    const session = await begin();
    stopMedia = playMedia(session, 256, () => 200);
    await expect
      .poll(() => shownBrightness(page, 'vultus-avatar video'), { timeout: ENOUGH_MS })
      .toBeGreaterThan(200);
    expect(await page.locator('vultus-avatar img').isVisible()).toBe(false);
    const muted = () =>
      page.locator('vultus-avatar video').evaluate((video) => (video as HTMLVideoElement).muted);
    expect(await muted()).toBe(false);
    await page.getByRole('button', { name: 'Mute' }).click();
    expect(await muted()).toBe(true);
    await page.locator('vultus-avatar').evaluate((element) => element.remove());
    await expect.poll(() => session.closed, { timeout: ENOUGH_MS }).toBe(true);
  }, 60_000);

  it('shows the caption of an utterance while it is spoken, if captions are wanted', async () => {
    const session = await begin();
    const caption = page.locator('vultus-avatar [part=caption]');
    await page.locator('vultus-avatar').evaluate((element) => {
      (element as unknown as { addCaption(id: string, text: string): void }).addCaption('a1', 'Hello!');
    });
    expect(await caption.isVisible()).toBe(false);
    session.emit('speech.started', { utterance: 1, id: 'a1', mediaTimeMs: 0 });
    await expect.poll(() => caption.textContent(), { timeout: ENOUGH_MS }).toBe('Hello!');
    await page.getByRole('button', { name: 'Captions' }).click();
    expect(await caption.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Captions' }).click();
    expect(await caption.isVisible()).toBe(true);
    // Words are more exact than a text.
    for (const [index, text] of ['Hello', 'there,', 'you'].entries()) {
      const times = { startMs: 300 * index, endMs: 300 * index + 300, mediaTimeMs: 300 * index };
      session.emit('speech.word', { utterance: 1, id: 'a1', index, text, ...times });
    }
    await expect.poll(() => caption.textContent(), { timeout: ENOUGH_MS }).toBe('Hello there, you');
    session.emit('speech.ended', { utterance: 1, id: 'a1', playedMs: 900, reason: 'completed' });
    await expect.poll(() => caption.isVisible(), { timeout: ENOUGH_MS }).toBe(false);
  }, 60_000);

  it('starts by itself once it has an address, which may be a path on its server', async () => {
    const answer = await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own', size: 256 } });
    const { streamUrl } = answer.json();
    expect(streamUrl).toMatch(/^\//);
    await page.locator('vultus-avatar').evaluate((former) => {
      const avatar = document.createElement('vultus-avatar');
      avatar.setAttribute('server', former.getAttribute('server')!);
      avatar.setAttribute('autoplay', '');
      former.replaceWith(avatar);
    });
    expect(await page.getByRole('button', { name: 'Start' }).isVisible()).toBe(true);
    await page
      .locator('vultus-avatar')
      .evaluate((avatar, path) => avatar.setAttribute('src', path), streamUrl);
    stopMedia = playMedia(server.sessions.get('s1')!, 256, () => 200);
    await expect
      .poll(() => shownBrightness(page, 'vultus-avatar video'), { timeout: ENOUGH_MS })
      .toBeGreaterThan(200);
  }, 60_000);

  it('goes on by WebSocket where there is no WebRTC', async () => {
    await page.evaluate(() => {
      (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection = undefined;
    });
    const session = await begin();
    stopMedia = playMedia(session, 256, () => 200);
    await expect
      .poll(() => shownBrightness(page, 'vultus-avatar canvas'), { timeout: ENOUGH_MS })
      .toBeGreaterThan(200);
  }, 60_000);

  it('begins wherever it is clicked, and shows the preview of its avatar where it has no poster', async () => {
    await page.route('**/v1/avatars/own/preview', (route) =>
      route.fulfill({
        ...{ contentType: 'image/svg+xml', headers: { 'access-control-allow-origin': '*' } },
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
      }),
    );
    await page.locator('vultus-avatar').evaluate((element) => element.removeAttribute('poster'));
    await page.locator('vultus-avatar').click({ position: { x: 20, y: 20 } });
    await page.getByRole('button', { name: 'Mute' }).waitFor({ timeout: ENOUGH_MS });
    server.sessions.get('s1')!.close();
    await page.getByRole('button', { name: 'Start' }).waitFor({ timeout: ENOUGH_MS });
    const picture = page.locator('vultus-avatar img');
    expect(await picture.getAttribute('src')).toBe(`${url}/v1/avatars/own/preview`);
    expect(await picture.isVisible()).toBe(true);
  }, 60_000);

  it('says that it connects again, and at once when its session is gone', async () => {
    const line = await CuttableLine.to(url);
    try {
      await page.goto(`${page.url().split('?')[0]}?server=${line.url}`);
      await page.evaluate(() => {
        (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection = undefined;
      });
      const session = await begin();
      const told = () => page.evaluate(() => (globalThis as unknown as { told: unknown }).told);
      const notice = page.getByText('Connecting again …');
      line.cut();
      await notice.waitFor({ timeout: ENOUGH_MS });
      expect(await told()).toEqual([['vultus-reconnecting', 'connection_lost']]);
      line.mend();
      await notice.waitFor({ state: 'hidden', timeout: ENOUGH_MS });
      line.cut();
      await notice.waitFor({ timeout: ENOUGH_MS });
      session.close();
      line.mend();
      await page.getByText('There is no session with this id').waitFor({ timeout: ENOUGH_MS });
      expect(await told()).toEqual([
        ['vultus-reconnecting', 'connection_lost'],
        ['vultus-reconnecting', 'connection_lost'],
        ['vultus-ended', 'session_not_found'],
      ]);
      await begin();
    } finally {
      await line.close();
    }
  }, 60_000);

  it('says what is wrong, however long, beside the button that starts it again', async () => {
    await page.route('**/open', (route) =>
      route.fulfill({
        status: 503,
        json: { code: 'at_capacity', detail: 'So much is to be told. '.repeat(8) },
      }),
    );
    const button = page.getByRole('button', { name: 'Start' });
    await button.click();
    const text = page.getByText('So much is to be told.');
    await text.waitFor();
    const [above, below] = [await button.boundingBox(), await text.boundingBox()];
    expect(below!.height).toBeGreaterThan(40);
    expect(above!.y + above!.height).toBeLessThanOrEqual(below!.y);
    await page.unroute('**/open');
    await page.route('**/open', async (route) => {
      const answer = await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
      return route.fulfill({ json: answer.json() });
    });
    const place = await page.locator('vultus-avatar').boundingBox();
    // On the text itself.
    await page.mouse.click(
      below!.x + below!.width / 2,
      Math.min(below!.y + 10, place!.y + place!.height - 10),
    );
    await page.getByRole('button', { name: 'Mute' }).waitFor({ timeout: ENOUGH_MS });
  }, 60_000);

  it('names the address that did not answer as it should, and can be started again', async () => {
    await page.route('**/open', (route) => route.fulfill({ status: 500, body: 'oops' }));
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('/open answered with HTTP 500.').waitFor();
    await page.unroute('**/open');
    await page.route('**/open', async (route) => {
      const answer = await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
      return route.fulfill({ json: answer.json() });
    });
    await begin();
  }, 60_000);
});
