import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { roomToken } from '../support/livekit-room.ts';
import { noLiveKitServer } from '../support/livekit-server.ts';
import { LiveKitStage, settled } from '../support/livekit-stage.ts';
import { pythonLacks } from '../support/python.ts';
import { TEST_MODULES, testModulesLack } from '../support/test-modules.ts';

const missing = noLiveKitServer ?? pythonLacks('livekit.agents') ?? testModulesLack('livekit-client');
if (missing) console.log(`Tests of LiveKit rooms in a browser are skipped: ${missing}`);

/** Each look at a picture costs the page time, which it draws with too. */
const PATIENCE = { timeout: 60_000, interval: 400 };

/** What the page keeps of whom it has subscribed to. */
interface Seen {
  tracks: { identity: string; name: string; source: string }[];
  video: HTMLVideoElement;
  receiver: RTCRtpReceiver | undefined;
  analyser: AnalyserNode;
}

/** As much of livekit-client as the page needs. */
interface LiveKitClient {
  Room: new () => {
    on(
      event: string,
      listener: (
        track: {
          kind: string;
          source: string;
          mediaStreamTrack: MediaStreamTrack;
          receiver: RTCRtpReceiver;
          attach(): HTMLMediaElement;
        },
        publication: { trackName: string },
        participant: { identity: string },
      ) => void,
    ): void;
    connect(url: string, token: string): Promise<void>;
  };
}

interface Scope {
  LivekitClient: LiveKitClient;
  seen: Seen;
}

describe.skipIf(missing)('a subscriber in Chromium', { timeout: 300_000 }, () => {
  let stage: LiveKitStage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await LiveKitStage.start();
    browser = await launchBrowser({ loopback: true });
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it('sees and hears the avatar of a scripted agent, and its silence after a clear', async () => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    const page = await subscribe(room);
    expect((await stage.join(room)).status).toBe(201);
    const picture = () => page.evaluate(look);
    await expect.poll(() => page.evaluate(decoded), PATIENCE).toBeGreaterThan(20);
    await expect.poll(async () => (await picture()).width, PATIENCE).toBe(256);
    const tracks = await page.evaluate(() => (globalThis as unknown as Scope).seen.tracks);
    expect(tracks.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { identity: 'avatar', name: 'avatar_audio', source: 'microphone' },
      { identity: 'avatar', name: 'avatar_video', source: 'camera' },
    ]);
    const { height, luma } = await picture();
    expect(height).toBe(256);
    // A portrait: neither of one colour nor noise.
    expect(deviation(luma)).toBeGreaterThan(20);
    expect((await page.evaluate(listen)).peak).toBeLessThan(0.01);

    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'say', seconds: 20, hz: 440 });
    await agent.next(({ event }) => event === 'started', 30_000);
    await expect.poll(async () => (await page.evaluate(listen)).peak, PATIENCE).toBeGreaterThan(0.1);
    await expect
      .poll(async () => Math.abs((await page.evaluate(listen)).hz - 440), PATIENCE)
      .toBeLessThan(30);
    await expect.poll(async () => difference(luma, (await picture()).luma), PATIENCE).toBeGreaterThan(1);
    agent.tell({ do: 'clear' });
    agent.tell({ do: 'settle' });
    expect(await settled(agent)).toMatchObject({ segments: 1, started: 1, finished: 1 });
    await expect.poll(async () => (await page.evaluate(listen)).peak, PATIENCE).toBeLessThan(0.01);
    const before = await page.evaluate(decoded);
    await expect.poll(() => page.evaluate(decoded), PATIENCE).toBeGreaterThan(before + 20);
    await page.close();
  });

  async function subscribe(room: string): Promise<Page> {
    const token = await roomToken(stage.livekit, 'viewer', { room });
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(`${stage.server.url}/healthz`);
    await page.addScriptTag({ path: join(TEST_MODULES, 'livekit-client/dist/livekit-client.umd.js') });
    await page.evaluate(enter, [stage.livekit.url, token] as const);
    return page;
  }
});

/** In the page: joins, and takes whatever is published. */
async function enter([url, token]: readonly [string, string]): Promise<void> {
  const scope = globalThis as unknown as Scope;
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 4096;
  const video = document.createElement('video');
  const seen: Seen = { tracks: [], video, receiver: undefined, analyser };
  scope.seen = seen;
  const room = new scope.LivekitClient.Room();
  room.on('trackSubscribed', (track, { trackName }, { identity }) => {
    seen.tracks.push({ identity, name: trackName, source: track.source });
    const element = track.attach();
    document.body.append(element);
    if (track.kind === 'audio') {
      audio.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
      return;
    }
    seen.video = element as HTMLVideoElement;
    seen.receiver = track.receiver;
  });
  await room.connect(url, token);
}

/** In the page: how many pictures have been decoded. */
async function decoded(): Promise<number> {
  const { receiver } = (globalThis as unknown as Scope).seen;
  const reports = [...((await receiver?.getStats())?.values() ?? [])];
  return reports.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0;
}

/** In the page: what is to be seen now, as luma on a grid of 32². */
function look(): { width: number; height: number; luma: number[] } {
  const { video } = (globalThis as unknown as Scope).seen;
  const context = new OffscreenCanvas(32, 32).getContext('2d')!;
  if (video.videoWidth > 0) context.drawImage(video, 0, 0, 32, 32);
  const { data } = context.getImageData(0, 0, 32, 32);
  const luma = Array.from(
    { length: 1024 },
    (_, i) => (data[4 * i] + 2 * data[4 * i + 1] + data[4 * i + 2]) / 4,
  );
  return { width: video.videoWidth, height: video.videoHeight, luma };
}

/** In the page: how loud it is now, of 1, and at which pitch. */
function listen(): { peak: number; hz: number } {
  const { analyser } = (globalThis as unknown as Scope).seen;
  const wave = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(wave);
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.reduce((best, level, i) => (level > bins[best] ? i : best), 0);
  const peak = wave.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { peak, hz: (loudest * analyser.context.sampleRate) / analyser.fftSize };
}

function deviation(luma: readonly number[]): number {
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  return Math.sqrt(luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length);
}

function difference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}
