import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { AvatarInfo, LiveConnection, Vultus } from '../../src/client/index.ts';
import { DemoPage } from '../../test/client/support/demo-page.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { repeated, sampleVoice, startBenchServer } from '../fixtures.ts';
import { atLeast, atMost, RESULTS_FOLDER, type Report, type Row } from '../report.ts';
import { GAME, gamePicture } from './game-picture.ts';

/** Drawn characters of the gallery, which have an alpha channel. */
const CHARACTERS = ['Hana', 'Sora'];
const [SIDE, SECONDS, SETTLE_MS] = [512, 10, 2500];
/** Of the strip. */
const [COLUMNS, ROWS, TILE] = [5, 2, 400];
/** Of the avatar in the scene: the lower right corner. */
const PLACE = { left: GAME.width - SIDE, top: GAME.height - SIDE };
/** What is not quite transparent or opaque is the rim of the person: this much of the picture, at most. */
const RIM_SHARE = 0.06;

/**
 * A streamer's scene: the overlay page in a browser, with a transparent ground as streaming programs have it, over the
 * picture of a game, for ten seconds. The avatar speaks by a voice and turns its head by a performer's motion.
 */
export async function benchScene(): Promise<Report> {
  const folder = join(RESULTS_FOLDER, 'scene');
  await mkdir(folder, { recursive: true });
  const rows: Row[] = [];
  const server = await startBenchServer();
  const browser = await launchBrowser({ loopback: true });
  try {
    const demo = await DemoPage.build();
    for (const name of CHARACTERS) {
      const avatar = await galleryAvatar(server.vultus, name);
      const session = await server.vultus.sessions.create({
        ...{ avatarId: avatar.id, size: SIDE, background: 'matte', seed: 1 },
        controls: { performer: { head: 'performer' } },
      });
      const live = await session.connectWebSocket({
        outputs: {},
        audio: { encoding: 's16le', sampleRateHz: 48_000 },
      });
      const page = await openOverlay(browser, demo, server.url, name);
      rows.push(...(await film(page, live, name, folder)));
      await page.close();
      live.close();
      await session.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return { name: `C: a streamer's scene, ${SECONDS} s, strips in ${folder}`, rows };
}

/** The gallery may still be on its way. */
async function galleryAvatar(vultus: Vultus, name: string): Promise<AvatarInfo> {
  for (;;) {
    const avatar = (await vultus.avatars.list()).find((one) => one.gallery && one.name === name);
    if (avatar) return avatar;
    await sleep(500);
  }
}

async function openOverlay(browser: Browser, demo: DemoPage, url: string, name: string): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: SIDE, height: SIDE },
    permissions: ['local-network-access'],
  });
  await demo.open(page, url, {}, `overlay.html?avatar=${name}`);
  await page.waitForFunction(() => document.querySelector('canvas#overlay')!.getAttribute('width'));
  await sleep(SETTLE_MS);
  return page;
}

async function film(page: Page, live: LiveConnection, name: string, folder: string): Promise<Row[]> {
  // A busy machine takes longer.
  live.speak(repeated(await sampleVoice(), 4 * SECONDS));
  live.endSpeech();
  const startMs = performance.now();
  const turning = setInterval(() => {
    const seconds = (performance.now() - startMs) / 1000;
    const turn = (period: number) => Math.sin((2 * Math.PI * seconds) / period);
    live.setMotion({ head: { yaw: 0.22 * turn(4.1), pitch: 0.08 * turn(3.1), roll: 0.07 * turn(5.3) } });
  }, 1000 / 30);
  const shown = () =>
    page.evaluate(() => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames);
  const before = await shown();
  const tiles: Buffer[] = [];
  const ofPicture: Record<'transparent' | 'rim', number[]> = { transparent: [], rim: [] };
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    await sleep(Math.max(0, startMs + (1000 * SECONDS * i) / (COLUMNS * ROWS) - performance.now()));
    const picture = await page.screenshot({ omitBackground: true, type: 'png' });
    const { data } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const alphas = data.filter((_, k) => k % 4 === 3);
    ofPicture.transparent.push(alphas.filter((alpha) => alpha === 0).length / alphas.length);
    ofPicture.rim.push(alphas.filter((alpha) => alpha > 8 && alpha < 247).length / alphas.length);
    tiles.push(await compose(picture, (performance.now() - startMs) / 1000));
  }
  const frames = (await shown()) - before;
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(turning);
  await sharp(tiles[3]).toFile(join(folder, `${name}.jpg`));
  await writeStrip(tiles, join(folder, `${name}-strip.jpg`));
  return [
    // By WebSocket the page draws them itself, and no video counts.
    ...(frames > 0 ? [atLeast(`${name}: pictures a second in the page`, frames / seconds, 20)] : []),
    atLeast(
      `${name}: share of the page that is transparent, least`,
      Math.min(...ofPicture.transparent),
      0.15,
    ),
    atMost(`${name}: share that is neither that nor opaque, most`, Math.max(...ofPicture.rim), RIM_SHARE),
  ];
}

/** JPEG of the avatar before the game. */
async function compose(avatar: Buffer, seconds: number): Promise<Buffer> {
  return sharp(await gamePicture(seconds), { raw: { ...GAME, channels: 4 } })
    .composite([{ input: avatar, ...PLACE }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function writeStrip(tiles: readonly Buffer[], file: string): Promise<void> {
  const [width, height] = [TILE, Math.round((TILE * GAME.height) / GAME.width)];
  const smaller = await Promise.all(tiles.map((tile) => sharp(tile).resize(width, height).toBuffer()));
  const placed = smaller.map((input, i) => ({
    ...{ input, left: width * (i % COLUMNS), top: height * Math.floor(i / COLUMNS) },
  }));
  await sharp({ create: { width: width * COLUMNS, height: height * ROWS, channels: 3, background: 'black' } })
    .composite(placed)
    .jpeg({ quality: 88 })
    .toFile(file);
}
