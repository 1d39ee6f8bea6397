import { setTimeout as sleep } from 'node:timers/promises';
import { OPUS_SAMPLE_RATE_HZ, OpusDecoder } from '../../src/audio/opus.ts';
import { MOTION, OPUS_VOICE, usualVideo } from '../../src/contract/outputs.ts';
import { galleryRig, openSession, sampleVoice, startEngine } from '../fixtures.ts';
import { lipAperture } from '../mouth-geometry.ts';
import { atMost, type Report } from '../report.ts';
import { stripRows } from './browser-strip.ts';

const ROUNDS = 8;
const SPEAK_MS = 1500;
/** Voice below −50 dBFS counts as silent; lips below 15 % of their 95th percentile as shut (QUALITY A). */
const SILENT_RMS = 10 ** (-50 / 20);
const SHUT_SHARE = 0.15;

/** QUALITY D: time from `interrupt()` to the last audible packet and to shut lips, voice sent in one burst. */
export async function benchInterruption(): Promise<Report> {
  const rig = await galleryRig();
  const voice = await sampleVoice();
  const engine = await startEngine();
  const voiceMs: number[] = [];
  const mouthMs: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const session = await openSession(engine, rig, { seed: round });
      const decoder = new OpusDecoder();
      const apertures: { atMs: number; aperture: number }[] = [];
      let lastAudibleMs = 0;
      session.take([usualVideo(session.settings), OPUS_VOICE, MOTION], {
        voice: ({ data }) => {
          const samples = decoder.decode(data);
          const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
          if (rms > SILENT_RMS) lastAudibleMs = performance.now();
        },
        motion: ({ frame }) => {
          apertures.push({ atMs: performance.now(), aperture: lipAperture(rig, frame) });
        },
      });
      const speaker = session.openSpeaker();
      speaker.push(voice);
      await sleep(SPEAK_MS + 170 * round);
      const interruptMs = performance.now();
      speaker.interrupt();
      await sleep(1000);
      session.close();
      voiceMs.push(Math.max(0, lastAudibleMs - interruptMs));
      mouthMs.push(shutAfter(apertures, interruptMs));
    }
  } finally {
    await engine.close();
  }
  const strip = await stripRows();
  return {
    name: `D. Interruption, ${ROUNDS} rounds, voice decoded at ${OPUS_SAMPLE_RATE_HZ / 1000} kHz`,
    rows: [
      atMost('voice silent after, worst', Math.max(...voiceMs), 60, 'ms'),
      atMost('mouth shut after, worst', Math.max(...mouthMs), 200, 'ms'),
      ...strip.rows,
    ],
    skipped: strip.skipped,
  };
}

function shutAfter(apertures: { atMs: number; aperture: number }[], interruptMs: number): number {
  const sorted = apertures.map(({ aperture }) => aperture).sort((a, b) => a - b);
  const limit = SHUT_SHARE * sorted[Math.floor(0.95 * sorted.length)];
  const open = apertures.filter(({ atMs, aperture }) => atMs > interruptMs && aperture >= limit);
  return open.length > 0 ? open.at(-1)!.atMs - interruptMs : 0;
}
