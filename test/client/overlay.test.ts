import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { DemoPage } from './support/demo-page.ts';
import { openSdkPage, type SdkScope } from './support/sdk-page.ts';

let browser: Browser;
let server: Awaited<ReturnType<typeof scriptedServer>>;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await scriptedServer();
  page = await openSdkPage(browser, await server.listen());
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server.close();
});

test('a stacked picture becomes one with a transparent ground, at any size', async () => {
  const seen = await page.evaluate(async () => {
    const { sdk } = globalThis as unknown as SdkScope;
    const source = document.createElement('canvas');
    const canvas = document.createElement('canvas');
    const overlay = sdk.attachOverlay(source, canvas);
    const shown: number[][] = [];
    for (const side of [64, 32]) {
      source.width = side;
      source.height = 2 * side;
      const context = source.getContext('2d')!;
      // A red person fills the left half, half transparent; the right half shows nothing.
      context.fillStyle = '#000';
      context.fillRect(0, 0, side, 2 * side);
      context.fillStyle = 'rgb(100, 20, 20)';
      context.fillRect(0, 0, side / 2, side);
      context.fillStyle = 'rgb(128, 128, 128)';
      context.fillRect(0, side, side / 2, side);
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const copy = new OffscreenCanvas(side, side).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      for (const [x, y] of [
        [side / 4, 1],
        [side / 4, side - 1],
        [(3 * side) / 4, side / 2],
      ])
        shown.push([canvas.width, canvas.height, ...copy.getImageData(x, y, 1, 1).data]);
    }
    overlay.close();
    overlay.close();
    return shown;
  });
  for (const [i, side] of [64, 32].entries()) {
    for (const [width, height, red, green, blue, alpha] of seen.slice(3 * i, 3 * i + 2)) {
      expect([width, height]).toEqual([side, side]);
      expect(Math.abs(alpha - 128)).toBeLessThan(3);
      // Canvas data is not premultiplied: 100 before half a matte is 200.
      expect(Math.abs(red - 200)).toBeLessThan(4);
      expect(Math.abs(green - 40)).toBeLessThan(4);
      expect(Math.abs(blue - 40)).toBeLessThan(4);
    }
    expect(seen[3 * i + 2].slice(2)).toEqual([0, 0, 0, 0]);
  }
}, 60_000);

test('the overlay page shows a session without a ground: its own, or the one that runs', async () => {
  const [demo, url] = [await DemoPage.build(), new URL(page.url()).origin];
  const open = async (query: string) => {
    const overlay = await browser.newPage({ permissions: ['local-network-access'] });
    await demo.open(overlay, url, {}, `overlay.html?avatar=${query}`);
    return overlay;
  };
  const sessions = () => [...server.sessions.values()];
  const first = await open('The+own+one&size=640&fit=shoulders');
  await expect.poll(() => sessions().map(({ takers }) => takers), { timeout: 15_000 }).toEqual([1]);
  expect(sessions()[0].settings).toMatchObject({
    ...{ avatarId: 'own', width: 640, height: 640, fit: 'shoulders', background: { kind: 'matte' } },
  });
  expect(await first.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgba(0, 0, 0, 0)',
  );

  await open('own');
  await expect.poll(() => sessions().map(({ takers }) => takers), { timeout: 15_000 }).toEqual([2]);
  const nobody = await open('nobody');
  await nobody.getByText('There is no avatar "nobody"').waitFor();
}, 60_000);
