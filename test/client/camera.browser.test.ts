import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pearson } from '../../bench/statistics.ts';
import { CHANNEL, type MotionChannel } from '../../src/contract/motion-frame.ts';
import type { PerformedFrame } from '../../src/contract/performed-motion.ts';
import { launchBrowser } from '../support/browser.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { DemoPage } from './support/demo-page.ts';
import { CODE_BITS, performedAt, performs, writePerformerFilm } from './support/performer-film.ts';

let folder: string;
let browser: Browser;
let demo: DemoPage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vultus-camera-'));
  const camera = join(folder, 'performer.mjpeg');
  [demo] = await Promise.all([DemoPage.build(), writePerformerFilm(camera)]);
  browser = await launchBrowser({ camera });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Notes, in the page, the number of each picture that the page takes of its camera, and when. */
function notePictures(bits: number): void {
  const seen: { picture: number; atMs: number }[] = [];
  Object.assign(globalThis, { seenPictures: seen });
  const { getImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.getImageData = function (...options) {
    const image = getImageData.apply(this, options);
    const { width, height, data } = image;
    let picture = 0;
    for (let bit = 0; bit < bits; bit++) {
      const x = Math.floor(((bit + 0.5) * width) / bits);
      if (data[4 * ((height - 6) * width + x)] > 128) picture |= 1 << bit;
    }
    seen.push({ picture, atMs: performance.now() });
    return image;
  };
}

test('the camera: a look, a smile, then the face before it moves the avatar’s, or is seen by it, by numbers alone', async () => {
  const server = await scriptedServer();
  const url = await server.listen();
  const page = await browser.newPage({ permissions: ['local-network-access', 'camera', 'microphone'] });
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) failures.push(message.text());
  });
  try {
    // The machine may be busy with other tests.
    page.setDefaultTimeout(60_000);
    await page.addInitScript(notePictures, CODE_BITS);
    const foreign = await demo.open(page, url);
    await page.getByText('WebSocket', { exact: true }).click();
    await page.getByText('The own one').click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('AI-generated').waitFor();
    await page.getByText('only numbers').waitFor();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.method()));
    await page.getByText('Drive with my camera').click();
    await page.getByText('Let the portrait see me').click();
    await page.getByText('Your face moves the portrait.').waitFor({ timeout: 60_000 });
    const { motion, seen } = [...server.sessions.values()][0];
    const seenOf = async () => {
      const seen = (await page.evaluate('seenPictures')) as { picture: number; atMs: number }[];
      return pairsOf(seen, motion);
    };
    await expect
      .poll(async () => (await seenOf()).length, { timeout: 60_000, interval: 500 })
      .toBeGreaterThan(70);
    const pairs = await seenOf();
    const r = (channel: MotionChannel, of: (frame: PerformedFrame) => number) =>
      pearson(
        pairs.map(({ picture }) => performedAt(picture)[CHANNEL[channel]]),
        pairs.map(({ frame }) => of(frame)),
      );
    expect(r('headYaw', ({ head }) => head!.yaw)).toBeGreaterThan(0.9);
    expect(r('eyeBlinkLeft', ({ shapes }) => shapes!.eyeBlinkLeft!)).toBeGreaterThan(0.7);
    expect(r('jawOpen', ({ shapes }) => shapes!.jawOpen!)).toBeGreaterThan(0.7);

    const yawAt = new Map(motion.map(({ timeMs, head }) => [timeMs, head?.yaw]));
    expect(seen.length).toBeGreaterThan(70);
    expect(seen.every(({ timeMs, head }) => head?.yaw === yawAt.get(timeMs))).toBe(true);
    // What it was calibrated by is told as it is seen before.
    expect(Math.max(...seen.map(({ smile = 0 }) => smile))).toBeGreaterThan(0.15);

    await page.getByText('Drive with my camera').click();
    await page.getByText('The portrait sees you nod, smile and look.', { exact: true }).waitFor();
    await expect.poll(() => motion.at(-1)?.shapes ?? motion.at(-1)?.head).toBeUndefined();
    await page.getByText('Let the portrait see me').click();
    await expect.poll(() => seen.at(-1)?.smile ?? seen.at(-1)?.head).toBeUndefined();
    expect(sent.every((method) => method === 'GET')).toBe(true);
    expect(foreign).toEqual([]);
    expect(failures).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}, 180_000);

/** Each frame of the performance with the number of the picture that it was seen in. */
function pairsOf(
  seen: readonly { picture: number; atMs: number }[],
  motion: readonly PerformedFrame[],
): { picture: number; frame: PerformedFrame }[] {
  return motion.flatMap((frame) => {
    const { picture = -1 } = seen.findLast(({ atMs }) => atMs <= frame.timeMs) ?? {};
    return performs(picture) && frame.head ? [{ picture, frame }] : [];
  });
}
