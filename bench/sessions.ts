import { setTimeout as sleep } from 'node:timers/promises';
import { OPUS_VOICE, usualVideo } from '../src/contract/outputs.ts';
import type { EnginePool } from '../src/engine/pool/engine-pool.ts';
import type { Rig } from '../src/render/renderer.ts';
import type { Session } from '../src/session/session.ts';
import { galleryRig, openSession, sampleVoice, speakInRealTime, startEngine } from './fixtures.ts';
import { plotCurves } from './plots/curves.ts';
import { processorSeconds, residentMb } from './processes.ts';
import { referenceEncodeMs, sessionPictures } from './reference-encode.ts';
import { atLeast, atMost, type Report, type Row } from './report.ts';
import { mean } from './statistics.ts';

const SECONDS = 12;
const SETTLE_MS = 2500;
const MAX_SESSIONS = 14;
const LATE_LIMIT_PERCENT = 1;
/** Sessions whose work is set against an encoder's alone. */
const COMPARED_SESSIONS = 3;
const WORK_LIMIT = 4;
/** So many sessions are wanted where that encoder needs no more than this for a picture. */
const WANTED_SESSIONS = 10;
const FAST_ENCODE_MS = 1.5;
/** Sessions that nobody watches, to see what one costs. */
const IDLE_SESSIONS = 10;

interface Load {
  count: number;
  latePercent: number;
  cores: number;
  /** Processor time over pictures that left, all processes together. */
  pictureMs: number;
  delayP95Ms: number;
  residentMb: number;
  reduced: number;
  /** Work per picture, milliseconds. */
  stages: Record<string, number>;
}

/** QUALITY E: how many sessions at 512×512 and 25 fps this machine keeps in time, all of them speaking. */
export async function benchSessions(): Promise<Report> {
  const rig = await galleryRig();
  const voice = await sampleVoice();
  const engine = await startEngine();
  const loads: Load[] = [];
  const pictures = await sessionPictures(rig, voice);
  const encodes: number[] = [];
  const rows: Row[] = [];
  try {
    const bareMb = residentMb(process.pid);
    rows.push(await idleRow(engine, rig));
    for (let count = 1; count <= MAX_SESSIONS; count++) {
      const isCompared = count === COMPARED_SESSIONS;
      if (isCompared) encodes.push(referenceEncodeMs(pictures));
      const load = await measure(engine, rig, voice, count);
      if (isCompared) encodes.push(referenceEncodeMs(pictures));
      loads.push(load);
      rows.push(...loadRows(load));
      if (load.latePercent >= LATE_LIMIT_PERCENT && count >= COMPARED_SESSIONS) break;
    }
    const encodeMs = Math.min(...encodes);
    rows.push(...workRows(loads[COMPARED_SESSIONS - 1], encodeMs));
    const carried = loads.filter(({ latePercent }) => latePercent < LATE_LIMIT_PERCENT);
    const many = carried.at(-1) ?? loads[0];
    const perSession = (many.residentMb - bareMb) / many.count;
    rows.push(
      encodeMs <= FAST_ENCODE_MS
        ? atLeast('sessions < 1 % late', carried.length, WANTED_SESSIONS)
        : { measure: 'sessions < 1 % late', value: carried.length },
    );
    rows.push({ measure: 'memory per session', value: perSession, unit: 'MB' });
    rows.push(atMost('cost of a session among them, of the first alone', costGrowth(carried), 1.15, '×'));
  } finally {
    await engine.close();
  }
  const plot = await plotCurves('sessions', 'sessions', {
    'cores busy': loads.map(({ count, cores }) => [count, cores]),
    'late, %': loads.map(({ count, latePercent }) => [count, latePercent]),
  });
  rows.push({ measure: 'cost against sessions', value: plot });
  return { name: `E. Sessions at 512×512, 25 fps, H.264, ${SECONDS} s each (${engine.info.provider})`, rows };
}

function loadRows({ count, latePercent, cores, delayP95Ms, residentMb, reduced, stages }: Load): Row[] {
  const work = Object.entries(stages).map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`);
  const less = reduced > 0 ? `, ${reduced} reduced` : '';
  return [
    {
      measure: `${count} session${count > 1 ? 's' : ''}`,
      value: `${latePercent.toFixed(2)} % late, ${cores.toFixed(2)} cores, delay p95 ${delayP95Ms.toFixed(0)} ms, ${residentMb.toFixed(0)} MB; ms per picture: ${work.join(', ')}${less}`,
    },
  ];
}

/** The work of a picture, from voice to packet, over that of its encoding alone: the same on every machine. */
function workRows({ pictureMs }: Load, encodeMs: number): Row[] {
  const compared = `of ${COMPARED_SESSIONS} sessions`;
  return [
    { measure: `a picture ${compared}, all of its work`, value: pictureMs, unit: 'ms' },
    { measure: 'x264 superfast of the same pictures', value: encodeMs, unit: 'ms' },
    atMost('work of a picture over that of its encoding', pictureMs / encodeMs, WORK_LIMIT, '×'),
  ];
}

/** Processor time of one session among many over that of one alone: 1 where cost grows linearly. */
function costGrowth(loads: readonly Load[]): number {
  const [first] = loads;
  const last = loads.at(-1);
  return first && last ? last.cores / last.count / first.cores : Number.NaN;
}

async function idleRow(engine: EnginePool, rig: Rig): Promise<Row> {
  const sessions = await Promise.all(Array.from({ length: IDLE_SESSIONS }, () => openSession(engine, rig)));
  await sleep(SETTLE_MS);
  const cores = await coresBusy(5000);
  for (const session of sessions) session.close();
  return {
    measure: 'a session that nobody watches',
    value: (100 * cores) / IDLE_SESSIONS,
    unit: '% of a core',
  };
}

async function measure(engine: EnginePool, rig: Rig, voice: Float32Array, count: number): Promise<Load> {
  const sessions: Session[] = await Promise.all(
    Array.from({ length: count }, () => openSession(engine, rig)),
  );
  let sent = 0;
  const reduced = new Set<Session>();
  const stops = sessions.map((session) => {
    session.on('warning', ({ code }) => code.endsWith('_reduced') && reduced.add(session));
    session.take([usualVideo(session.settings), OPUS_VOICE], { video: () => sent++ });
    return speakInRealTime(session, voice);
  });
  await sleep(SETTLE_MS);
  sent = 0;
  const startMs = performance.now();
  const cores = await coresBusy(SECONDS * 1000);
  const seconds = (performance.now() - startMs) / 1000;
  // Whatever did not come out in its time counts as late, whether it was left out or held up. One picture of
  // each session may lie on the edge of the window.
  const expected = count * (seconds * 25 - 1);
  const latePercent = (100 * Math.max(0, expected - sent)) / expected;
  const stats = sessions.map((session) => session.stats);
  for (const stop of stops) stop();
  for (const session of sessions) session.close();
  return {
    count,
    latePercent,
    cores,
    pictureMs: (1000 * seconds * cores) / sent,
    delayP95Ms: Math.max(...stats.map(({ delayMs }) => delayMs.p95)),
    residentMb: residentMb(process.pid),
    reduced: reduced.size,
    stages: Object.fromEntries(
      Object.keys(stats[0].stages).map((stage) => [
        stage,
        mean(stats.map(({ stages }) => stages[stage].p50)),
      ]),
    ),
  };
}

/** Processor time over time, of this process and the engine's. */
async function coresBusy(durationMs: number): Promise<number> {
  const [before, startMs] = [processorSeconds(process.pid), performance.now()];
  await sleep(durationMs);
  return (1000 * (processorSeconds(process.pid) - before)) / (performance.now() - startMs);
}
