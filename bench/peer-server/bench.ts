import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { loadConfig } from '../../src/config.ts';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { processorSeconds } from '../processes.ts';
import type { Report, Row } from '../report.ts';
import { mean, quantile, standardDeviation } from '../statistics.ts';
import { pythonWithAiortc } from './aiortc.ts';
import {
  BRIGHT,
  CLOCK_BITS,
  CLOCK_CELL,
  DARK,
  FLASH_CELL,
  FPS,
  MARK_MS,
  type Material,
  makeMaterial,
  SAMPLE_RATE_HZ,
  SIZE,
} from './material.ts';
import { begin, connect, end, type Watched } from './page.ts';

const SESSIONS = [1, 2, 4];
const SETTLE_S = 4;
const MEASURE_S = 10;
const START_TIMEOUT_MS = 60_000;
/** Of `utime` and `stime` in /proc/<pid>/stat: USER_HZ, which Linux shows to programs as 100 everywhere. */

interface Server {
  name: string;
  /** Whether its pictures carry the time of departure, and flashes and beeps. */
  marked: boolean;
  command: string;
  args: string[];
}

/** QUALITY D and E beside a peer: what aiortc makes of the same pictures and voice, in the same browser. */
export async function benchPeerServer(): Promise<Report> {
  const name = `Peer: aiortc, ${SIZE}×${SIZE} H.264 at ${FPS} fps and Opus, to Chromium on this machine, ${MEASURE_S} s each`;
  if (process.platform !== 'linux') return { name, rows: [], skipped: ['processor time is read from /proc'] };
  if (!findBrowser()) return { name, rows: [], skipped: ['no Chrome or Chromium: VULTUS_BROWSER names one'] };
  const skipped: string[] = [];
  const material = await makeMaterial();
  const browser = await launchBrowser();
  const rows: Row[] = [
    { measure: 'load of the machine before (programs that want a core)', value: loadavg()[0] },
  ];
  try {
    const servers = await serversFor(material, skipped);
    for (const count of SESSIONS) {
      for (const server of servers) rows.push(...(await measure(server, count, browser)));
    }
  } finally {
    await browser.close();
    await rm(material.folder, { recursive: true });
  }
  return { name, rows, skipped };
}

async function serversFor(material: Material, skipped: string[]): Promise<Server[]> {
  const local = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const settings = {
    ...{ ...material, size: SIZE, fps: FPS, sampleRateHz: SAMPLE_RATE_HZ, markMs: MARK_MS },
    ...{ clockBits: CLOCK_BITS, clockCell: CLOCK_CELL, flashCell: FLASH_CELL, dark: DARK, bright: BRIGHT },
  };
  const ours = (mode: string) => [local('vultus-server.ts'), mode, JSON.stringify(material)];
  const servers: Server[] = [
    { name: 'Vultus, the same pictures', marked: true, command: process.execPath, args: ours('pictures') },
    { name: 'Vultus, model and renderer too', marked: false, command: process.execPath, args: ours('live') },
  ];
  try {
    const { python, version } = await pythonWithAiortc(loadConfig().cacheDir);
    const args = [local('aiortc_server.py'), JSON.stringify(settings)];
    servers.unshift({ name: `aiortc ${version}, pictures made before`, marked: true, command: python, args });
  } catch (cause) {
    skipped.push(`aiortc: ${(cause as Error).message}`);
  }
  return servers;
}

/** A server of its own for each number of sessions, so that none inherits another's load. */
async function measure(server: Server, count: number, browser: Browser): Promise<Row[]> {
  const child = spawn(server.command, server.args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const page = await browser.newPage();
  try {
    const port = await firstLine(child);
    await connect(page, `http://127.0.0.1:${port}`, count);
    await sleep(SETTLE_S * 1000);
    await begin(page);
    const [cpuBefore, startMs] = [processorSeconds(child.pid!), performance.now()];
    await sleep(MEASURE_S * 1000);
    const seconds = (performance.now() - startMs) / 1000;
    const cores = (processorSeconds(child.pid!) - cpuBefore) / seconds;
    return describe(server, await end(page), cores, seconds);
  } finally {
    await page.close();
    child.kill('SIGKILL');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

function describe({ name, marked }: Server, watched: Watched[], cores: number, seconds: number): Row[] {
  const count = watched.length;
  const prefix = `${count} session${count > 1 ? 's' : ''}, ${name}`;
  const intervals = watched.flatMap(({ shownMs }) => shownMs.slice(1).map((at, i) => at - shownMs[i]));
  const decoded = watched.reduce((sum, { decoded }) => sum + decoded, 0);
  const freezes = watched.reduce((sum, { freezes }) => sum + freezes, 0);
  const frozen = watched.reduce((sum, { frozenSeconds }) => sum + frozenSeconds, 0);
  const rows: Row[] = [
    { measure: `${prefix}: processor per session`, value: (100 * cores) / count, unit: '% of a core' },
    { measure: `${prefix}: pictures a second`, value: decoded / seconds / count },
    {
      measure: `${prefix}: received`,
      value: mean(watched.map(({ receivedKbps }) => receivedKbps)),
      unit: 'kbit/s',
    },
    {
      measure: `${prefix}: interval of pictures, deviation`,
      value: standardDeviation(intervals),
      unit: 'ms',
    },
    { measure: `${prefix}: freezes`, value: `${freezes} (${frozen.toFixed(1)} s)` },
  ];
  if (!marked) return rows;
  const delays = watched.flatMap(({ delaysMs }) => delaysMs);
  const offsets = watched.flatMap(({ flashesMs, beepsMs }) => nearestOffsets(flashesMs, beepsMs));
  rows.push(
    { measure: `${prefix}: departure to screen, p50`, value: quantile(delays, 0.5), unit: 'ms' },
    { measure: `${prefix}: departure to screen, p95`, value: quantile(delays, 0.95), unit: 'ms' },
  );
  if (offsets.length > 0) {
    const measure = `${prefix}: voice after picture, median of ${offsets.length}`;
    rows.push({ measure, value: quantile(offsets, 0.5), unit: 'ms' });
  }
  return rows;
}

/** For each flash the beep that is nearest, if there is one within half a second. */
export function nearestOffsets(flashesMs: readonly number[], beepsMs: readonly number[]): number[] {
  const offsets: number[] = [];
  for (const flash of flashesMs) {
    const nearest = beepsMs.reduce(
      (best, beep) => (Math.abs(beep - flash) < Math.abs(best) ? beep - flash : best),
      Number.POSITIVE_INFINITY,
    );
    if (Math.abs(nearest) < 500) offsets.push(nearest);
  }
  return offsets;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const [chunk] = await Promise.race([
    once(child.stdout!, 'data', { signal }),
    once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it was ready'))),
  ]);
  return String(chunk).trim();
}
