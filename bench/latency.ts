import { setTimeout as sleep } from 'node:timers/promises';
import { galleryRig, openSession, sampleVoice, speakInRealTime, startEngine } from './fixtures.ts';
import { atMost, type Report } from './report.ts';

const SECONDS = 20;

/** QUALITY D: voice that arrives in real time → encoded picture, one session at 512×512 and 25 fps. */
export async function benchLatency(): Promise<Report> {
  const rig = await galleryRig();
  const voice = await sampleVoice();
  const engine = await startEngine();
  try {
    const startMs = performance.now();
    const session = await openSession(engine, rig);
    const firstPicture = new Promise<number>((resolve) => {
      session.once('video', () => resolve(performance.now() - startMs));
    });
    session.setOutputs({ video: true, voice: true });
    const firstPictureMs = await firstPicture;
    const stop = speakInRealTime(session, voice);
    await sleep(SECONDS * 1000);
    stop();
    const { stats } = session;
    session.close();
    return {
      name: `D. Delay, one session, 512×512, 25 fps, ${SECONDS} s (${engine.info.provider})`,
      rows: [
        { measure: 'delay p50', value: stats.delayMs.p50, unit: 'ms' },
        atMost('delay p95', stats.delayMs.p95, 170, 'ms'),
        atMost('session start to first picture', firstPictureMs, 500, 'ms'),
        atMost('late pictures', (100 * stats.framesLate) / (stats.framesSent + stats.framesLate), 1, '%'),
        ...Object.entries(stats.stages).flatMap(([stage, { p50, p95 }]) => [
          { measure: `${stage} per picture, p50`, value: p50, unit: 'ms' },
          { measure: `${stage} per picture, p95`, value: p95, unit: 'ms' },
        ]),
      ],
    };
  } finally {
    await engine.close();
  }
}
