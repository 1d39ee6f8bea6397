import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../src/config.ts';
import { findFirefox, launchFirefox } from '../support/firefox.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const PATIENCE = { timeout: 30_000, interval: 200 };
const missing = findFirefox()
  ? existsSync(join(ROOT, 'client-demo/dist/index.html'))
    ? undefined
    : 'the page is not built'
  : 'no Firefox (VULTUS_FIREFOX names one)';
if (missing) console.log(`Tests in Firefox are skipped: ${missing}`);

/** The page as a stranger opens it. Debian's Firefox has no H.264: what it gets is chosen for it. */
describe.skipIf(missing)('the page in Firefox', { timeout: 90_000 }, () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchFirefox()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    failures.length = 0;
    page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    page.on('pageerror', (error) => failures.push(String(error)));
    await page.goto(server.url);
    // All of the gallery is analysed first.
    await page.waitForSelector('text/Amara', { timeout: 100_000 });
  }, 120_000);
  afterEach(async () => {
    await page?.close();
    for (const { id } of await server.vultus.sessions.list()) await server.vultus.sessions.delete(id);
    expect(failures).toEqual([]);
  });

  const press = (text: string) => page.locator(`::-p-text(${text})`).click();
  const startButton = () => page.locator('::-p-aria([name="Start"][role="button"])').click();
  const played = () =>
    page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>('#stage-video')!;
      return { width: video.videoWidth, seconds: video.currentTime };
    });
  /** Of the picture on the canvas: whether anything is on it. */
  const drawn = () =>
    page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      const probe = new OffscreenCanvas(8, 8).getContext('2d')!;
      probe.drawImage(canvas, 0, 0, 8, 8);
      return probe.getImageData(0, 0, 8, 8).data.some((value, i) => i % 4 < 3 && value > 30);
    });

  it('shows the avatar over WebRTC', async () => {
    await press('WebRTC');
    await startButton();
    await expect.poll(async () => (await played()).seconds, PATIENCE).toBeGreaterThan(1);
    expect((await played()).width).toBe(512);
    // Firefox counts no pictures of a stream, so none are said to be shown.
    const told = await page.$eval('.figure-fps dd', (figure) => {
      const told: string[] = [];
      return new Promise<string[]>((resolve) => {
        const observer = new MutationObserver(() => {
          told.push(figure.textContent ?? '');
          if (told.length === 3) resolve(told);
        });
        observer.observe(figure, { childList: true, characterData: true, subtree: true });
      });
    });
    for (const figure of told) expect(figure).toMatch(/^[\d.]+$/);
  });

  it('shows the avatar over WebSocket', async () => {
    await press('WebSocket');
    await startButton();
    await expect.poll(drawn, PATIENCE).toBe(true);
    const [{ id }] = await server.vultus.sessions.list();
    const pictures = async () => (await (await server.vultus.sessions.get(id)).refresh()).stats!.framesSent;
    const before = await pictures();
    await expect.poll(pictures, PATIENCE).toBeGreaterThan(before + 10);
  });

  it('is spoken for by a microphone', async () => {
    await press('WebRTC');
    await press('Microphone');
    await startButton();
    const states = async () => (await server.vultus.sessions.list()).map(({ state }) => state);
    await expect.poll(states, PATIENCE).toEqual(['speaking']);
  });
});
