import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import sharp, { type OverlayOptions } from 'sharp';
import { toRgba } from '../../src/client/draw/i420-image.ts';
import { DrawnFrameWriter } from '../../src/contract/drawn-frame.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { DRAWING, OPUS_VOICE } from '../../src/contract/outputs.ts';
import { serializeServerMessage } from '../../src/contract/wire.ts';
import { createI420 } from '../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { WARP } from '../../src/render/warp/warp.ts';
import { openModulePage } from '../../test/client/support/module-page.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import {
  galleryRig,
  openRenderer,
  openSession,
  sampleVoice,
  speakInRealTime,
  startEngine,
} from '../fixtures.ts';
import { PLOT_FOLDER } from '../plots/canvas.ts';
import { processorSeconds } from '../processes.ts';
import { atMost, type Report, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';

const FORMAT = squareFormat(512);
const [SESSIONS, SETTLE_MS, SECONDS] = [25, 4000, 8];
/** Of a WebSocket message (RFC 6455 §5.2), as servers send it. */
const SOCKET_BYTES = 2;
const SEED = 1;
const STRIP = 6;

interface Drawn {
  mediaTimeMs: number;
  frame: Float32Array;
}

/** QUALITY E, drawn by viewers: what the server pays, what goes over the network, what a browser takes for a picture. */
export async function benchClientDraw(): Promise<Report> {
  const { rows, frames } = await measureServer();
  rows.push(...(await measureBrowser(frames)));
  return { name: `E. Sessions that their viewers draw, 512×512, 25 fps, ${SECONDS} s`, rows };
}

/** @returns the frames of one session, too */
async function measureServer(): Promise<{ rows: Row[]; frames: Drawn[] }> {
  const [rig, voice, engine] = [await galleryRig(), await sampleVoice(), await startEngine()];
  const frames: Drawn[] = [];
  const rows: Row[] = [];
  try {
    for (const count of [1, SESSIONS]) {
      const sessions = await Promise.all(
        Array.from({ length: count }, () => openSession(engine, rig, { draw: 'client' })),
      );
      let [sent, bytes] = [0, 0];
      const stops = sessions.map((session, n) => {
        const writer = new DrawnFrameWriter();
        const count = (message: Parameters<typeof serializeServerMessage>[0]) => {
          bytes += SOCKET_BYTES + serializeServerMessage(message, { compact: true }).length;
        };
        session.take([DRAWING, OPUS_VOICE], {
          drawing: ({ mediaTimeMs, epoch, frame }) => {
            sent++;
            if (n === 0) frames.push({ mediaTimeMs, frame });
            count({ type: 'drawn', mediaTimeMs, epoch, data: writer.write(frame) });
          },
          voice: ({ mediaTimeMs, epoch, data }) => count({ type: 'voice', mediaTimeMs, epoch, data }),
        });
        return speakInRealTime(session, voice);
      });
      await sleep(SETTLE_MS);
      [sent, bytes] = [0, 0];
      const [before, startMs] = [processorSeconds(process.pid), performance.now()];
      await sleep(1000 * SECONDS);
      const seconds = (performance.now() - startMs) / 1000;
      const cores = (processorSeconds(process.pid) - before) / seconds;
      const expected = count * (25 * seconds - 1);
      const late = (100 * Math.max(0, expected - sent)) / expected;
      for (const stop of stops) stop();
      for (const session of sessions) session.close();
      const name = `${count} session${count > 1 ? 's' : ''}`;
      rows.push(
        atMost(`${name}: late`, late, 1, '%'),
        atMost(`${name}: of a core, each`, cores / count, 0.07),
        atMost(`${name}: motion and voice, each`, (8 * bytes) / 1000 / seconds / count, 60, 'kbit/s'),
      );
    }
  } finally {
    await engine.close();
  }
  return { rows, frames: frames.slice(0, 200) };
}

async function measureBrowser(frames: readonly Drawn[]): Promise<Row[]> {
  const [rig, pack] = [await galleryRig(), await loadPack(BUILTIN_PACK)];
  const kit = await WARP.drawingKit(rig, pack);
  const rows = [atMost('what draws an avatar, gzipped', gzipSync(kit).length / 1e6, 1.5, 'MB')];
  const values = new Float32Array(58 * frames.length);
  for (const [n, { frame }] of frames.entries()) values.set(frame, 58 * n);
  const browser = await launchBrowser();
  try {
    const files = { kit, frames: new Uint8Array(values.buffer) };
    const page = await openModulePage(
      browser,
      'http://localhost',
      new URL('./page.ts', import.meta.url),
      files,
    );
    const devtools = await page.context().newCDPSession(page);
    const given = {
      ...{ kit: 'kit', frames: 'frames', format: FORMAT, seed: SEED },
      mediaTimesMs: frames.map(({ mediaTimeMs }) => mediaTimeMs),
    };
    type Sdk = { sdk: typeof import('./page.ts') };
    for (const rate of [1, 4]) {
      await devtools.send('Emulation.setCPUThrottlingRate', { rate });
      const times = await page.evaluate(
        (given) => (globalThis as unknown as Sdk).sdk.timeDrawing(given),
        given,
      );
      const name = rate === 1 ? 'a picture in Chromium' : `a picture in Chromium, ${rate} times slower`;
      const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
      rows.push(
        rate === 1
          ? { measure: `${name}: p50`, value: p50, unit: 'ms' }
          : atMost(`${name}: p50`, p50, 12, 'ms'),
      );
      rows.push({ measure: `${name}: p95`, value: p95, unit: 'ms' });
    }
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    const indices = Array.from({ length: STRIP }, (_, i) => Math.floor(((i + 0.5) * frames.length) / STRIP));
    const theirs = await page.evaluate(
      ({ given, indices }) => (globalThis as unknown as Sdk).sdk.drawSome(given, indices),
      { given, indices },
    );
    rows.push(
      ...(await compare(
        rig,
        indices.map((i) => frames[i]),
        theirs,
      )),
    );
  } finally {
    await browser.close();
  }
  return rows;
}

/** Server above, browser below. */
async function compare(
  rig: Awaited<ReturnType<typeof galleryRig>>,
  frames: Drawn[],
  theirs: string[],
): Promise<Row[]> {
  const renderer = await openRenderer('cpu');
  const { width, height } = FORMAT;
  const tiles: OverlayOptions[] = [];
  let worst = 0;
  try {
    const avatar = renderer.prepare(rig, FORMAT);
    const picture = createI420(width, height);
    for (const [i, { frame, mediaTimeMs }] of frames.entries()) {
      await avatar.draw(frame, picture, { mediaTimeMs, seed: SEED });
      const drawn = Buffer.from(theirs[i], 'base64');
      for (let n = 0; n < drawn.length; n++) worst = Math.max(worst, Math.abs(drawn[n] - picture.data[n]));
      for (const [row, data] of [picture.data, drawn].entries()) {
        const input = Buffer.from(toRgba({ width, height, data }));
        tiles.push({ input, raw: { width, height, channels: 4 }, left: i * width, top: row * height });
      }
    }
  } finally {
    await renderer.close();
  }
  await mkdir(PLOT_FOLDER, { recursive: true });
  const file = `${PLOT_FOLDER}client-draw.png`;
  const page = { width: width * frames.length, height: 2 * height, channels: 3 as const, background: '#000' };
  await writeFile(file, await sharp({ create: page }).composite(tiles).png().toBuffer());
  return [
    atMost('a sample of the browser’s pictures differs from the server’s by', worst, 1, 'levels'),
    { measure: 'the same moments, server above browser', value: file },
  ];
}
