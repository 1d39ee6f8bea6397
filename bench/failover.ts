import { setTimeout as sleep } from 'node:timers/promises';
import { OPUS_VOICE, usualVideo } from '../src/contract/outputs.ts';
import type { EnginePool } from '../src/engine/pool/engine-pool.ts';
import type { Rig } from '../src/render/renderer.ts';
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
  /** The longest pause between two packets of voice after the death. */
  silenceMs: number;
  /** From the death to the first picture after it. */
  pictureMs: number;
  /** Pictures of the session in the other process, which takes the one that has lost its own: before and after. */
  lostBefore: number;
  lostAfter: number;
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
      atMost(
        'pictures lost by the other session, median',
        median(({ lostAfter }) => lostAfter),
        0,
      ),
      { measure: '  in as long before', value: median(({ lostBefore }) => lostBefore) },
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
  const victims = new Arrivals(victim);
  const neighbours = new Arrivals(neighbour);
  const stops = [victim, neighbour].map((session) => speakInRealTime(session, voice));
  await sleep(SETTLE_MS);
  const before = engineProcesses.length;
  const [doomed] = runningEngines();
  neighbours.forget();
  await sleep(AFTER_MS);
  const lostBefore = neighbours.lostPictures;
  victims.forget();
  neighbours.forget();
  const killedMs = performance.now();
  doomed.kill('SIGKILL');
  await sleep(AFTER_MS);
  for (const stop of stops) stop();
  for (const session of [victim, neighbour]) session.close();
  while (engineProcesses.length === before || engine.processCount < engine.info.processes) await sleep(100);
  const { voices, pictures } = victims;
  return {
    silenceMs: Math.max(...voices.map(({ atMs }, i) => atMs - (voices[i - 1]?.atMs ?? killedMs))),
    pictureMs: (pictures.find(({ atMs, key }) => key && atMs > killedMs)?.atMs ?? Number.NaN) - killedMs,
    lostBefore,
    lostAfter: neighbours.lostPictures,
  };
}

/** What comes of a session, and when. */
class Arrivals {
  voices: { atMs: number }[] = [];
  pictures: { atMs: number; mediaTimeMs: number; key: boolean }[] = [];

  constructor(session: Session) {
    session.take([usualVideo(session.settings), OPUS_VOICE], {
      voice: () => this.voices.push({ atMs: performance.now() }),
      video: ({ mediaTimeMs, key }) => this.pictures.push({ atMs: performance.now(), mediaTimeMs, key }),
    });
  }

  forget(): void {
    this.voices = [];
    this.pictures = [];
  }

  get lostPictures(): number {
    const times = this.pictures.map(({ mediaTimeMs }) => mediaTimeMs);
    const gapsMs = times.slice(1).map((time, i) => time - times[i]);
    return gapsMs.reduce((sum, gapMs) => sum + Math.round(gapMs / PICTURE_MS) - 1, 0);
  }
}
