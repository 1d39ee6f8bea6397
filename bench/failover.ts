import { setTimeout as sleep } from 'node:timers/promises';
import type { EnginePool } from '../src/engine/pool/engine-pool.ts';
import type { Rig } from '../src/render/warp/rig.ts';
import type { Session } from '../src/session/session.ts';
import { engineProcesses, runningEngines } from '../test/support/engine-processes.ts';
import { galleryRig, openSession, sampleVoice, speakInRealTime, startEngine } from './fixtures.ts';
import { atMost, type Report } from './report.ts';
import { quantile } from './statistics.ts';

const KILLS = 5;
const SETTLE_MS = 4000;
const AFTER_MS = 3000;
const PICTURE_MS = 40;

interface Failover {
  /** From the last voice before to the first after it. */
  silenceMs: number;
  /** From the death to the first picture after it. */
  pictureMs: number;
  /** Of the session in the other process, from then on. */
  lostByNeighbour: number;
}

/** Kill −9 of one of two engine processes, while a session speaks in each. */
export async function benchFailover(): Promise<Report> {
  const rig = await galleryRig();
  const voice = await sampleVoice();
  const kills: Failover[] = [];
  const engine = await startEngine(2);
  try {
    for (let i = 0; i < KILLS; i++) kills.push(await failover(engine, rig, voice));
  } finally {
    await engine.close();
  }
  const median = (pick: (kill: Failover) => number) => quantile(kills.map(pick), 0.5);
  return {
    name: `F. Kill −9 of one of two engine processes, a session speaking in each, ${KILLS} times (${engine.info.provider})`,
    rows: [
      atMost('silence until its session speaks again, the longest', most(kills, 'silenceMs'), 1000, 'ms'),
      { measure: '  median', value: median(({ silenceMs }) => silenceMs), unit: 'ms' },
      atMost('until its first picture, the longest', most(kills, 'pictureMs'), 1000, 'ms'),
      { measure: '  median', value: median(({ pictureMs }) => pictureMs), unit: 'ms' },
      atMost('pictures lost by the other session, at most', most(kills, 'lostByNeighbour'), 0),
    ],
    details: kills,
  };
}

function most(kills: readonly Failover[], figure: keyof Failover): number {
  return Math.max(...kills.map((kill) => kill[figure]));
}

async function failover(engine: EnginePool, rig: Rig, voice: Float32Array): Promise<Failover> {
  // Each in a process of its own: the first one goes to the one that has run longest.
  const [victim, neighbour] = [await openSession(engine, rig), await openSession(engine, rig)];
  const stops = [victim, neighbour].map((session) => {
    session.setOutputs({ video: true, voice: true });
    return speakInRealTime(session, voice);
  });
  await sleep(SETTLE_MS);
  const before = engineProcesses.length;
  const [doomed] = runningEngines();
  const voices = arrivals(victim, 'voice');
  const pictures = arrivals(victim, 'video');
  const others = arrivals(neighbour, 'video');
  await sleep(200);
  const killedMs = performance.now();
  doomed.kill('SIGKILL');
  await sleep(AFTER_MS);
  for (const stop of stops) stop();
  for (const session of [victim, neighbour]) session.close();
  while (engineProcesses.length === before || engine.processCount < engine.info.processes) await sleep(100);
  const gaps = others.slice(1).map((packet, i) => packet.mediaTimeMs - others[i].mediaTimeMs);
  return {
    silenceMs: Math.max(...voices.slice(1).map(({ atMs }, i) => atMs - voices[i].atMs)),
    pictureMs: (pictures.find(({ atMs, key }) => key && atMs > killedMs)?.atMs ?? Number.NaN) - killedMs,
    lostByNeighbour: gaps.reduce((sum, gapMs) => sum + Math.round(gapMs / PICTURE_MS) - 1, 0),
  };
}

/** What comes of a session from now on, and when. */
function arrivals(session: Session, kind: 'voice' | 'video') {
  const packets: { atMs: number; mediaTimeMs: number; key?: boolean }[] = [];
  session.on(kind, (packet: { mediaTimeMs: number; key?: boolean }) =>
    packets.push({ atMs: performance.now(), mediaTimeMs: packet.mediaTimeMs, key: packet.key }),
  );
  return packets;
}
