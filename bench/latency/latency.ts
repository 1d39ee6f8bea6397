import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { LATENCY_MODES, type LatencyMode } from '../../src/contract/latency.ts';
import { OPUS_VOICE, usualVideo } from '../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import { DELAY_STAGES, type PictureDelays } from '../../src/contract/stats.ts';
import type { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import { delayToEncoder } from '../../src/engine/process/picture-delays.ts';
import type { Rig } from '../../src/render/renderer.ts';
import type { TestServer } from '../../test/support/server.ts';
import {
  galleryPortraits,
  galleryRig,
  openSession,
  sampleVoice,
  speakInRealTime,
  startBenchServer,
  startEngine,
} from '../fixtures.ts';
import { hasHeldOutSpeech, heldOutSpeech } from '../held-out-speech.ts';
import { mouthCurves, PhoneScore } from '../lip-measures.ts';
import { liveMotion, openMotionModel } from '../live-motion.ts';
import { plotHistograms } from '../plots/histogram.ts';
import { atMost, type Report, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { browserRows } from './browser-delay.ts';

const SECONDS = 20;
const SETTLE_MS = 2000;
/** QUALITY D. */
const BARS_MS: Partial<Record<LatencyMode, number>> = { low: 90, balanced: 120 };
const FIRST_PICTURE_BARS_MS = { session: 200, upload: 1200 } as const;
const MODES: readonly LatencyMode[] = LATENCY_MODES;

/** QUALITY D: voice that arrives in real time → encoded picture, in every mode; then all the way to a browser. */
export async function benchLatency(): Promise<Report> {
  const rig = await galleryRig();
  const rows: Row[] = [];
  const skipped: string[] = [];
  const delays = new Map<LatencyMode, number[]>();
  const engine = await startEngine();
  try {
    for (const mode of MODES) {
      const measured = await measureMode(engine, rig, mode);
      delays.set(mode, measured.delaysMs);
      rows.push(...measured.rows);
    }
  } finally {
    await engine.close();
  }
  rows.push({ measure: 'histogram of delays', value: await plotHistograms('delay', 'ms', delays) });
  if (hasHeldOutSpeech()) rows.push(...(await lipRows(rig)));
  else skipped.push('lips in each mode: the recordings of ../shared/data are not there');
  const server = await startBenchServer();
  try {
    rows.push(await uploadRow(server));
    const inBrowser = await browserRows(server, rig);
    rows.push(...inBrowser.rows);
    skipped.push(...inBrowser.skipped);
  } finally {
    await server.close();
  }
  const name = `D. Delay, one session, 512×512, 25 fps, ${SECONDS} s in each mode (${engine.info.provider})`;
  return { name, rows, skipped };
}

async function measureMode(engine: EnginePool, rig: Rig, mode: LatencyMode) {
  const startMs = performance.now();
  const session = await openSession(engine, rig, { latency: mode });
  const pictures: PictureDelays[] = [];
  let settled = false;
  const firstPicture = new Promise<number>((resolve) => {
    session.take([usualVideo(session.settings), OPUS_VOICE], {
      video: ({ delays }) => {
        resolve(performance.now() - startMs);
        if (settled && delays) pictures.push(delays);
      },
    });
  });
  const firstPictureMs = await firstPicture;
  const stop = speakInRealTime(session, await sampleVoice());
  await sleep(SETTLE_MS);
  settled = true;
  await sleep(SECONDS * 1000);
  stop();
  const { stats } = session;
  session.close();
  const delaysMs = pictures.map(delayToEncoder);
  const p95 = quantile(delaysMs, 0.95);
  const bar = BARS_MS[mode];
  const rows: Row[] = [
    { measure: `${mode}: delay p50`, value: quantile(delaysMs, 0.5), unit: 'ms' },
    bar
      ? atMost(`${mode}: delay p95`, p95, bar, 'ms')
      : { measure: `${mode}: delay p95`, value: p95, unit: 'ms' },
    atMost(
      `${mode}: late pictures`,
      (100 * stats.framesLate) / (stats.framesSent + stats.framesLate),
      1,
      '%',
    ),
    atMost(`${mode}: session start to first picture`, firstPictureMs, FIRST_PICTURE_BARS_MS.session, 'ms'),
  ];
  if (mode !== DEFAULT_SETTINGS.latency) return { delaysMs, rows };
  const quantiles = (values: number[]) =>
    [0.5, 0.95].map((share) => quantile(values, share).toFixed(1)).join(', ');
  const stage = (name: string, p: string): Row => ({
    measure: `  ${name}, p50 and p95`,
    value: p,
    unit: 'ms',
  });
  for (const name of DELAY_STAGES) {
    const values = pictures.map((picture) => picture[name]);
    rows.push(stage(`delay by ${name}`, quantiles(values)));
  }
  for (const [name, { p50, p95 }] of Object.entries(stats.stages)) {
    rows.push(stage(`work per picture: ${name}`, `${p50.toFixed(1)}, ${p95.toFixed(1)}`));
  }
  return { delaysMs, rows };
}

/** What a mode costs in lip sync: QUALITY A.2 on the same stream. */
async function lipRows(rig: Rig): Promise<Row[]> {
  const rows: Row[] = [];
  const model = await openMotionModel();
  try {
    for (const latency of MODES) {
      const score = new PhoneScore();
      for await (const { voice48k, phones } of heldOutSpeech()) {
        const { frames } = await liveMotion(model, voice48k, { latency });
        score.add(mouthCurves(rig, frames), phones);
      }
      const { closedPercent, vowelClosedPercent, openAuc } = score.result();
      rows.push({
        measure: `${latency}: lips closed in P B M, in vowels; aperture AUC`,
        value: `${closedPercent.toFixed(1)} %, ${vowelClosedPercent.toFixed(1)} %; ${openAuc.perPhone.toFixed(3)}`,
        bar: '≥ 88, ≤ 5, ≥ 0.93',
        met: closedPercent >= 88 && vowelClosedPercent <= 5 && openAuc.perPhone >= 0.93,
      });
    }
  } finally {
    await model.close();
  }
  return rows;
}

/** A portrait that the server has never seen. */
async function uploadRow({ vultus }: TestServer): Promise<Row> {
  const portrait = await sharp(galleryPortraits()[1]).jpeg({ quality: 91 }).toBuffer();
  const startMs = performance.now();
  const avatar = await vultus.avatars.create(new Uint8Array(portrait));
  const session = await vultus.sessions.create({ avatarId: avatar.id });
  const live = await session.connectWebSocket();
  await new Promise<unknown>((resolve) => live.once('video', resolve));
  const elapsedMs = performance.now() - startMs;
  await session.close();
  return atMost('portrait upload to first picture', elapsedMs, FIRST_PICTURE_BARS_MS.upload, 'ms');
}
