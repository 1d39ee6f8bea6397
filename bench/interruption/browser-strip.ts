/** What a browser shows around an interruption, as a strip of pictures. */
import { openSdkPage, type SdkScope } from '../../test/client/support/sdk-page.ts';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { sampleVoice, startBenchServer } from '../fixtures.ts';
import { text, writePage } from '../plots/canvas.ts';
import type { Row } from '../report.ts';

const SPEAK_MS = 2500;
const [BEFORE_MS, AFTER_MS] = [160, 560];
const SIDE = 160;
const LABEL_HEIGHT = 24;

export async function stripRows(): Promise<{ rows: Row[]; skipped: string[] }> {
  if (!findBrowser()) {
    return { rows: [], skipped: ['strip of pictures: no Chrome or Chromium, VULTUS_BROWSER names one'] };
  }
  const server = await startBenchServer();
  const browser = await launchBrowser();
  try {
    const page = await openSdkPage(browser, server.url);
    const voice = [...(await sampleVoice()).filter((_, i) => i % 2 === 0).subarray(0, 24_000 * 6)];
    const pictures = await page.evaluate(record, {
      avatarId: server.avatar.id,
      voice,
      speakMs: SPEAK_MS,
      beforeMs: BEFORE_MS,
      afterMs: AFTER_MS,
      side: SIDE,
    });
    if (pictures.length === 0) {
      return { rows: [], skipped: ['strip of pictures: the browser showed none around the interruption'] };
    }
    const file = await drawStrip(pictures);
    return { rows: [{ measure: 'an interruption in a browser', value: file }], skipped: [] };
  } finally {
    await browser.close();
    await server.close();
  }
}

interface Shown {
  /** Since the interruption. */
  atMs: number;
  jpeg: string;
}

/** Runs in the page. */
async function record(options: {
  avatarId: string;
  voice: number[];
  speakMs: number;
  beforeMs: number;
  afterMs: number;
  side: number;
}): Promise<Shown[]> {
  const { avatarId, voice, speakMs, beforeMs, afterMs, side } = options;
  const { sdk } = globalThis as unknown as SdkScope;
  const session = await new sdk.Vultus({ url: location.origin }).sessions.create({ avatarId });
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const live = await session.connectWebRtc({ video });
  const shown: Shown[] = [];
  let stopped = false;
  const capture = async () => {
    while (!stopped) {
      const { expectedDisplayTime } = await new Promise<VideoFrameCallbackMetadata>((resolve) =>
        video.requestVideoFrameCallback((_, metadata) => resolve(metadata)),
      );
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = side;
      canvas.getContext('2d')!.drawImage(video, 0, 0, side, side);
      shown.push({ atMs: expectedDisplayTime, jpeg: canvas.toDataURL('image/jpeg', 0.9) });
    }
  };
  // The first picture is there before anything is said.
  await new Promise<unknown>((resolve) => video.requestVideoFrameCallback(resolve));
  void capture();
  const started = new Promise<unknown>((resolve) => live.once('speech.started', resolve));
  live.speak(Float32Array.from(voice));
  await started;
  await new Promise((resolve) => setTimeout(resolve, speakMs));
  const interruptedMs = performance.now();
  live.interrupt();
  await new Promise((resolve) => setTimeout(resolve, afterMs + 100));
  stopped = true;
  live.close();
  await session.close();
  return shown
    .map(({ atMs, jpeg }) => ({ atMs: atMs - interruptedMs, jpeg }))
    .filter(({ atMs }) => atMs > -beforeMs && atMs < afterMs);
}

async function drawStrip(pictures: readonly Shown[]): Promise<string> {
  const parts = pictures.flatMap(({ atMs, jpeg }, i) => [
    `<image x="${i * SIDE}" y="${LABEL_HEIGHT}" width="${SIDE}" height="${SIDE}" href="${jpeg}"/>`,
    text((i + 0.5) * SIDE, 16, `${atMs >= 0 ? '+' : '−'}${Math.abs(atMs).toFixed(0)} ms`, {
      anchor: 'middle',
      fill: atMs >= 0 ? '#dc2626' : '#111',
    }),
  ]);
  return writePage('interruption', pictures.length * SIDE, SIDE + LABEL_HEIGHT, parts);
}
