/**
 * QUALITY B: whether people see what an avatar does. Ten muted seconds each of twelve portraits, four that listen, four
 * that idle and four that speak, as strips of pictures, shuffled and without names: no face comes twice, so that none is
 * compared with itself. The key lies apart, for whoever asks the judges.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { resampleAll } from '../src/audio/resampler.ts';
import { VoiceActivity } from '../src/audio/voice-activity/voice-activity.ts';
import { squareFormat } from '../src/contract/formats.ts';
import { MOTION_RATE_HZ, MOTION_SIZE } from '../src/contract/motion-frame.ts';
import type { LiveSession } from '../src/engine/process/live-session.ts';
import { toRgb } from '../src/image/colour.ts';
import { createI420 } from '../src/image/i420.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { randomNumbers } from '../src/random.ts';
import type { Renderer, Rig } from '../src/render/renderer.ts';
import { landmarksAt } from '../src/render/renderers.ts';
import { galleryPortraits, openRenderer, rigsOf, voiceFiles } from './fixtures.ts';
import { hasHeldOutSpeech, heldOutSpeech } from './held-out-speech.ts';
import { liveMotion, openMotionModel } from './live-motion.ts';
import { RESULTS_FOLDER, type Report } from './report.ts';

const FOLDER = join(RESULTS_FOLDER, 'states');
const KEY = join(RESULTS_FOLDER, 'states-key.json');
const STATES = ['listening', 'idle', 'speaking'] as const;
type State = (typeof STATES)[number];
/** Of each state. */
const PORTRAITS = 4;
/** Of sound before what is shown, so that a face has come to rest and a microphone is known. */
const LEAD_S = 4;
const SHOWN_S = 10;
const PICTURES_A_SECOND = 5;
const COLUMNS = 10;
/** Side of what is drawn, and of each cell. */
const [SIDE, CELL] = [512, 190];
/** Around the face's landmarks, of their width. */
const MARGIN = 0.14;
/** A room is never digitally silent. */
const ROOM_LEVEL = 0.0005;
const PACKET_MS = 20;

export async function benchStates(): Promise<Report> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const [model, renderer] = [await openMotionModel(), await openRenderer()];
  const { rigs, refused } = await rigsOf(galleryPortraits().slice(0, PORTRAITS * STATES.length));
  const voices = await readVoices();
  const strips: { portrait: string; state: State; picture: Buffer }[] = [];
  try {
    const seed = Date.now() % 1000;
    for (const [i, { name, rig }] of rigs.entries()) {
      const state = STATES[(i + seed) % STATES.length];
      const frames = await motionOf(model, state, voices[i % voices.length], seed + i);
      strips.push({ portrait: name, state, picture: await drawStrip(renderer, rig, frames) });
    }
  } finally {
    await model.close();
    await renderer.close();
  }
  const random = randomNumbers(Date.now());
  const order = strips.map((strip) => ({ strip, at: random() })).toSorted((a, b) => a.at - b.at);
  const key: Record<string, { portrait: string; state: State }> = {};
  for (const [i, { strip }] of order.entries()) {
    const file = `${String(i + 1).padStart(2, '0')}.png`;
    key[file] = { portrait: strip.portrait, state: strip.state };
    await writeFile(join(FOLDER, file), strip.picture);
  }
  await writeFile(KEY, `${JSON.stringify(key, null, 1)}\n`);
  const value = `${strips.length} in ${FOLDER}, key in ${KEY}`;
  return {
    name: 'B. Strips for judges: does it listen, idle or speak?',
    rows: [{ measure: 'strips, shuffled', value }],
    skipped: refused.map(({ name, code }) => `${name}: ${code}`),
  };
}

/** Readers, who pause, where they are there; else the demo page's voices, which hardly do. */
async function readVoices(): Promise<Float32Array[]> {
  if (!hasHeldOutSpeech()) {
    return Promise.all(voiceFiles().map(async (file) => (await readAudioFile(file)).voice48k));
  }
  const voices: Float32Array[] = [];
  for await (const { voice48k } of heldOutSpeech()) if (voices.push(voice48k) === PORTRAITS) break;
  return voices;
}

/** What a session of 10 s shows while its user talks, while neither does, or while it says the same. */
async function motionOf(model: MotionModel, state: State, voice: Float32Array, seed: number) {
  const samples = (LEAD_S + SHOWN_S) * 48000;
  const [user, own] = [new Float32Array(samples), new Float32Array(samples)];
  const random = randomNumbers(seed);
  for (let i = 0; i < samples; i++) user[i] = ROOM_LEVEL * (2 * random() - 1);
  const heard = state === 'listening' ? user : own;
  // It begins half a second before what is shown, and begins anew after a pause.
  const pause = 48000;
  const begin = Math.round((LEAD_S - 0.5) * 48000);
  for (let i = begin; i < samples && state !== 'idle'; i++) {
    heard[i] += voice[(i - begin) % (voice.length + pause)] ?? 0;
  }
  const user16k = resampleAll(user, 48000, 16000);
  const activity = new VoiceActivity();
  const direct = (session: LiveSession, nowMs: number) => {
    if (nowMs === 0 || nowMs % PACKET_MS !== 0) return;
    activity.push(user16k.subarray((nowMs - PACKET_MS) * 16, nowMs * 16));
    session.noticeUser({ heard: { talking: activity.talking, cues: activity.cues } });
  };
  const { frames } = await liveMotion(model, own, { seed, direct });
  return frames.slice(LEAD_S * MOTION_RATE_HZ);
}

async function drawStrip(renderer: Renderer, rig: Rig, frames: readonly Float32Array[]): Promise<Buffer> {
  const avatar = renderer.prepare(rig, squareFormat(SIDE));
  const picture = createI420(SIDE, SIDE);
  const face = faceOf(rig);
  const cells: OverlayOptions[] = [];
  for (let i = 0; i < SHOWN_S * PICTURES_A_SECOND; i++) {
    await avatar.draw(frames[Math.floor((i * MOTION_RATE_HZ) / PICTURES_A_SECOND)], picture);
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
    const input = await sharp(Buffer.from(toRgb(picture).data), { raw })
      .extract(face)
      .resize(CELL, CELL)
      .png()
      .toBuffer();
    cells.push({ input, left: (i % COLUMNS) * CELL, top: Math.floor(i / COLUMNS) * CELL });
  }
  const size = { width: COLUMNS * CELL, height: Math.ceil(cells.length / COLUMNS) * CELL };
  return sharp({ create: { ...size, channels: 3, background: '#000' } })
    .composite(cells)
    .png()
    .toBuffer();
}

/** The square around the face at rest. */
function faceOf(rig: Rig): { left: number; top: number; width: number; height: number } {
  const points = landmarksAt(rig, new Float32Array(MOTION_SIZE));
  const range = (axis: 0 | 1) => {
    const values = [...points].filter((_, i) => i % 3 === axis);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const half = Math.min(0.5, (0.5 + MARGIN) * (right - left));
  const corner = (middle: number) => Math.round(SIDE * Math.max(0, Math.min(1 - 2 * half, middle - half)));
  const side = Math.floor(SIDE * 2 * half);
  return { left: corner((left + right) / 2), top: corner((top + bottom) / 2), width: side, height: side };
}
