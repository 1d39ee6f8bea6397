import { setTimeout as sleep } from 'node:timers/promises';
import { galleryRig, openSession, sampleVoice, speakInRealTime, startEngine } from './fixtures.ts';
import type { Report, Row } from './report.ts';

const SECONDS = 12;
const MAX_SESSIONS = 12;
const LATE_LIMIT_PERCENT = 1;

/** QUALITY E: how many sessions at 512×512 and 25 fps this machine keeps in time, all of them speaking. */
export async function benchSessions(): Promise<Report> {
  const rig = await galleryRig();
  const voice = await sampleVoice();
  const engine = await startEngine();
  const rows: Row[] = [];
  let carried = 0;
  try {
    for (let count = 1; count <= MAX_SESSIONS; count++) {
      const { latePercent, cores, delayP95, residentMb } = await measure(count);
      rows.push({
        measure: `${count} session${count > 1 ? 's' : ''}`,
        value: `${latePercent.toFixed(2)} % late, ${cores.toFixed(2)} cores, delay p95 ${delayP95.toFixed(0)} ms, ${residentMb.toFixed(0)} MB`,
      });
      if (latePercent >= LATE_LIMIT_PERCENT) break;
      carried = count;
    }
  } finally {
    await engine.close();
  }
  rows.push({ measure: 'sessions < 1 % late', value: carried, bar: '≥ 5', met: carried >= 5 });
  return { name: `E. Sessions at 512×512, 25 fps, H.264, ${SECONDS} s each (${engine.info.provider})`, rows };

  async function measure(count: number) {
    const sessions = await Promise.all(Array.from({ length: count }, () => openSession(engine, rig)));
    let sent = 0;
    const stops = sessions.map((session) => {
      session.on('video', () => sent++);
      session.setOutputs({ video: true, voice: true });
      return speakInRealTime(session, voice);
    });
    await sleep(2000);
    sent = 0;
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    await sleep(SECONDS * 1000);
    const seconds = (performance.now() - startMs) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    // Whatever did not come out in its time counts as late, whether it was left out or held up. One picture of
    // each session may lie on the edge of the window.
    const expected = count * (seconds * 25 - 1);
    const delayP95 = Math.max(...sessions.map(({ stats }) => stats.delayMs.p95));
    for (const stop of stops) stop();
    for (const session of sessions) session.close();
    return {
      latePercent: (100 * Math.max(0, expected - sent)) / expected,
      cores: (cpu.user + cpu.system) / 1e6 / seconds,
      delayP95,
      residentMb: process.memoryUsage().rss / 2 ** 20,
    };
  }
}
