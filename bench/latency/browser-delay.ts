/** From the voice at a microphone to lips that move on the screen: Chromium, WebRTC, this machine. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { LatencyMode } from '../../src/contract/latency.ts';
import type { Rig } from '../../src/render/renderer.ts';
import { landmarksAt } from '../../src/render/renderers.ts';
import { poseFrame } from '../../src/render/warp/sheet/poses.ts';
import { openSdkPage, type SdkScope } from '../../test/client/support/sdk-page.ts';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import type { TestServer } from '../../test/support/server.ts';
import { wavFile } from '../../test/support/wav.ts';
import { sampleVoice } from '../fixtures.ts';
import type { Row } from '../report.ts';
import { mean, quantile } from '../statistics.ts';

const WATCH_SECONDS = 40;
const VOICE_MS = 1200;
const SILENCE_MS = 2000;
/** Louder than this share of the most is voice. */
const VOICE_SHARE = 0.1;
const REST_MS = 600;
/** Later they move for another reason. */
const LIPS_WITHIN_MS = VOICE_MS - 100;
/** The mouth moves where it differs from its rest by so many times of what it does at rest. */
const MOVES_FACTOR = 3;

/** What a page saw; milliseconds of its own clock. */
export interface Watched {
  sound: { atMs: number; loudness: number }[];
  /** When a picture was shown, and the luma of its mouth. */
  pictures: { atMs: number; mouth: number[] }[];
}

export async function browserRows(server: TestServer, rig: Rig): Promise<{ rows: Row[]; skipped: string[] }> {
  if (!findBrowser()) {
    return { rows: [], skipped: ['delay in a browser: no Chrome or Chromium, VULTUS_BROWSER names one'] };
  }
  const folder = await mkdtemp(join(tmpdir(), 'vultus-bench-'));
  const microphone = join(folder, 'microphone.wav');
  await writeFile(microphone, wavFile(await callsAndSilence(), 48000));
  const browser = await launchBrowser({ microphone });
  const rows: Row[] = [];
  try {
    for (const latency of ['low', 'balanced'] as const) {
      const page = await openSdkPage(browser, server.url);
      const delays = onsetToLips(await watch(page, server.avatar.id, latency, mouthBox(rig)));
      await page.close();
      rows.push(...delayRows(latency, delays));
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
  return { rows, skipped: [] };
}

/** @param delays of each call of the voice, undefined where the lips were not seen to move */
export function delayRows(latency: LatencyMode, delays: readonly (number | undefined)[]): Row[] {
  const measure = `${latency}: voice at the microphone → lips move on the screen`;
  const seen = delays.filter((delayMs) => delayMs !== undefined);
  const missed = delays.length - seen.length;
  const notSeen: Row = {
    measure: `${measure}, not seen`,
    value: delays.length > 0 ? `in ${missed} of ${delays.length} calls` : 'no voice at the microphone',
    bar: 'seen in each',
    met: delays.length > 0 && missed === 0,
  };
  if (seen.length === 0) return [notSeen];
  return [
    { measure: `${measure}, median of ${seen.length}`, value: quantile(seen, 0.5), unit: 'ms' },
    { measure: `${latency}: the slowest of them`, value: Math.max(...seen), unit: 'ms' },
    ...(missed > 0 ? [notSeen] : []),
  ];
}

/** Over and over the same voice, from its first loud moment on, with silence before. */
export async function callsAndSilence(): Promise<Float32Array> {
  const voice = await sampleVoice();
  const peak = voice.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const from = voice.findIndex((sample) => Math.abs(sample) > 0.3 * peak);
  const track = new Float32Array((VOICE_MS + SILENCE_MS) * 48);
  track.set(voice.subarray(from, from + VOICE_MS * 48), SILENCE_MS * 48);
  return track;
}

/** [x, y, width, height] as fractions of the picture. */
export function mouthBox(rig: Rig): number[] {
  const points = landmarksAt(rig, poseFrame({}));
  const at = (landmark: number) => [points[landmark * 3], points[landmark * 3 + 1]];
  const width = at(291)[0] - at(61)[0];
  const [x, y] = [(at(13)[0] + at(14)[0]) / 2, (at(13)[1] + at(14)[1]) / 2];
  return [x - 0.4 * width, y - 0.15 * width, 0.8 * width, 0.5 * width];
}

function watch(page: Page, avatarId: string, latency: 'low' | 'balanced', box: number[]): Promise<Watched> {
  return page.evaluate(
    async ({ avatarId, latency, box, seconds }) => {
      const { sdk } = globalThis as unknown as SdkScope;
      const session = await new sdk.Vultus({ url: location.origin }).sessions.create({ avatarId, latency });
      const video = document.createElement('video');
      video.muted = true;
      document.body.append(video);
      const microphone = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      });
      const live = await session.connectWebRtc({ video, microphone });
      // Nothing but the voice is to move the mouth on the screen.
      live.setControls({ head: { amplitude: 0 }, blinkRate: 0 });
      const audio = new AudioContext({ latencyHint: 'interactive' });
      const analyser = audio.createAnalyser();
      analyser.fftSize = 256;
      audio.createMediaStreamSource(microphone).connect(analyser);
      const wave = new Float32Array(analyser.fftSize);
      const sound: { atMs: number; loudness: number }[] = [];
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(wave);
        const power = wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length;
        sound.push({ atMs: performance.now(), loudness: Math.sqrt(power) });
      }, 4);
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [24, 15];
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      const pictures: { atMs: number; mouth: number[] }[] = [];
      const endMs = performance.now() + seconds * 1000;
      while (performance.now() < endMs) {
        const { expectedDisplayTime } = await new Promise<VideoFrameCallbackMetadata>((resolve) =>
          video.requestVideoFrameCallback((_, metadata) => resolve(metadata)),
        );
        const { videoWidth: width, videoHeight: height } = video;
        const [x, y, w, h] = [box[0] * width, box[1] * height, box[2] * width, box[3] * height];
        context.drawImage(video, x, y, w, h, 0, 0, canvas.width, canvas.height);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        const mouth = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 1]);
        pictures.push({ atMs: expectedDisplayTime, mouth });
      }
      clearInterval(timer);
      live.close();
      await session.close();
      return { sound, pictures };
    },
    { avatarId, latency, box, seconds: WATCH_SECONDS },
  );
}

/**
 * Of every onset of the voice that is seen whole: milliseconds until the first picture whose mouth has left its rest, undefined where
 * none has.
 */
export function onsetToLips({ sound, pictures }: Watched): (number | undefined)[] {
  const loud = VOICE_SHARE * Math.max(...sound.map(({ loudness }) => loudness));
  const delays: (number | undefined)[] = [];
  let quietSinceMs: number | undefined;
  for (const { atMs, loudness } of sound) {
    if (loudness < loud) {
      quietSinceMs ??= atMs;
      continue;
    }
    const onset = quietSinceMs !== undefined && atMs - quietSinceMs > SILENCE_MS / 2;
    quietSinceMs = undefined;
    if (onset && isSeenWhole(pictures, atMs)) delays.push(lipsAfter(pictures, atMs));
  }
  return delays;
}

/** The first call may come before there are pictures, and the last one when watching ends. */
function isSeenWhole(pictures: Watched['pictures'], onsetMs: number): boolean {
  const first = pictures[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const last = pictures.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  return first <= onsetMs - REST_MS && last >= onsetMs + LIPS_WITHIN_MS;
}

function lipsAfter(pictures: Watched['pictures'], onsetMs: number): number | undefined {
  const resting = pictures.filter(({ atMs }) => atMs > onsetMs - REST_MS && atMs <= onsetMs);
  if (resting.length < 5) return undefined;
  const rest = resting[0].mouth.map((_, i) => mean(resting.map(({ mouth }) => mouth[i])));
  const awayFromRest = (mouth: number[]) => mean(mouth.map((luma, i) => Math.abs(luma - rest[i])));
  const limit =
    MOVES_FACTOR *
    Math.max(
      1,
      quantile(
        resting.map(({ mouth }) => awayFromRest(mouth)),
        0.95,
      ),
    );
  const moved = pictures.find(({ atMs, mouth }) => atMs > onsetMs && awayFromRest(mouth) > limit);
  return moved && moved.atMs - onsetMs < LIPS_WITHIN_MS ? moved.atMs - onsetMs : undefined;
}
