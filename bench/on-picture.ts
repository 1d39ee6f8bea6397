/**
 * QUALITY A.3: a face finder that knows nothing of what was asked for looks at the rendered pictures, and what it
 * measures between the lips has to follow the aperture that was asked for. And in a live session, pictures have
 * to leave together with the voice that they show.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { squareFormat } from '../src/contract/formats.ts';
import { OPUS_VOICE, usualVideo, type VideoPacket, type VoicePacket } from '../src/contract/outputs.ts';
import { LOWER_LIP_MIDDLE, UPPER_LIP_MIDDLE } from '../src/face/topology.ts';
import { toRgb } from '../src/image/colour.ts';
import { cutAndScale, type Rectangle } from '../src/image/cut-and-scale.ts';
import { createI420 } from '../src/image/i420.ts';
import { FaceFinder, type FoundFace } from '../src/model/face/face-finder.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import type { Renderer, Rig } from '../src/render/renderer.ts';
import {
  galleryPortraits,
  galleryRig,
  openRenderer,
  openSession,
  rigsOf,
  sampleVoice,
  sharedPortraits,
  speakInRealTime,
  startEngine,
} from './fixtures.ts';
import { liveMotion } from './live-motion.ts';
import { lipAperture } from './mouth-geometry.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { mean, pearson, standardDeviation } from './statistics.ts';

const PICTURE_SIDE = 512;
const SECONDS = 4;
const EVERY_NTH_FRAME = 2;
const WHOLE: Rectangle = { left: 0, top: 0, width: PICTURE_SIDE, height: PICTURE_SIDE };
const SEARCH_SIDE = 640;
const FACE_MARGIN = 1.5;
const INNER_LIPS = [UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE] as const;
const OUTER_EYE_CORNERS = [33, 263] as const;
/** In fewer of the pictures the finder does not know this kind of face. */
const SEEN_SHARE = 0.8;
const FOLLOWS_R = 0.95;
/** Standard deviation of an aperture that does not move. */
const STILL = 1e-4;
const LIVE_SECONDS = 10;

export async function onPicture(model: MotionModel): Promise<{ rows: Row[]; skipped: string[] }> {
  const voice = (await sampleVoice()).subarray(0, SECONDS * 48000);
  const frames = (await liveMotion(model, voice)).frames.filter((_, i) => i % EVERY_NTH_FRAME === 0);
  const renderer = await openRenderer();
  const finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
  const rows: Row[] = [];
  const skipped: string[] = [];
  for (const [kind, files] of [
    ['gallery', galleryPortraits()],
    ['../shared/data', sharedPortraits()],
  ] as const) {
    const { rigs, refused } = await rigsOf(files);
    skipped.push(...refused.map(({ name, code }) => `A.3 ${name}: ${code}`));
    const scores: { name: string; r: number }[] = [];
    for (const { name, rig } of rigs) {
      if (mouthStaysShut(rig, frames)) {
        skipped.push(`A.3 ${name}: its mouth is covered and stays shut`);
        continue;
      }
      const { asked, seen } = await compare(renderer, finder, rig, frames);
      const share = asked.length / (frames.length - 1);
      if (share >= SEEN_SHARE) scores.push({ name, r: pearson(asked, seen) });
      else skipped.push(`A.3 ${name}: the face finder sees ${(100 * share).toFixed(0)} % of its pictures`);
    }
    if (scores.length === 0) continue;
    scores.sort((a, b) => a.r - b.r);
    const below = scores.filter(({ r }) => r < FOLLOWS_R).map(({ name, r }) => `${name} ${r.toFixed(2)}`);
    rows.push(
      atLeast(
        `A.3 lips on the picture, r, ${scores.length} of ${kind}`,
        mean(scores.map(({ r }) => r)),
        FOLLOWS_R,
      ),
      { measure: `A.3 portraits of ${kind} below ${FOLLOWS_R}`, value: below.join(', ') || 'none' },
    );
  }
  await renderer.close();
  rows.push(atMost('A.3 |picture time − voice time|, mean, live', await departureGap(), 20, 'ms'));
  return { rows, skipped };
}

/** Whether lips that were not seen are left as the portrait has them: there is nothing to follow then. */
function mouthStaysShut(rig: Rig, frames: readonly Float32Array[]): boolean {
  return standardDeviation(frames.map((frame) => lipAperture(rig, frame))) < STILL;
}

/** Aperture asked for and lip distance seen, over the distance of the eyes, in the pictures where a face is seen. */
async function compare(renderer: Renderer, finder: FaceFinder, rig: Rig, frames: readonly Float32Array[]) {
  const avatar = renderer.prepare(rig, squareFormat(PICTURE_SIDE));
  const picture = createI420(PICTURE_SIDE, PICTURE_SIDE);
  const [asked, seen]: number[][] = [[], []];
  let area = WHOLE;
  for (const frame of frames) {
    await avatar.draw(frame, picture);
    const [face] = await finder.find(await cutAndScale(toRgb(picture), area, SEARCH_SIDE));
    if (!face) {
      area = WHOLE;
      continue;
    }
    const distance = ([a, b]: readonly [number, number]) =>
      Math.hypot(
        face.landmarks[3 * a] - face.landmarks[3 * b],
        face.landmarks[3 * a + 1] - face.landmarks[3 * b + 1],
      );
    // The first look only says where the face is: the mesh is most exact on a cut around it.
    if (area !== WHOLE) {
      asked.push(lipAperture(rig, frame));
      seen.push(distance(INNER_LIPS) / distance(OUTER_EYE_CORNERS));
    }
    area = around(face, area);
  }
  return { asked, seen };
}

/** A square of the picture around a face that was found in a part of it. */
function around({ box: [left, top, width, height] }: FoundFace, searched: Rectangle): Rectangle {
  const scale = searched.width / SEARCH_SIDE;
  const side = Math.min(PICTURE_SIDE, Math.round(FACE_MARGIN * scale * Math.max(width, height)));
  const place = (middle: number) => Math.round(Math.min(PICTURE_SIDE - side, Math.max(0, middle - side / 2)));
  return {
    left: place(searched.left + scale * (left + width / 2)),
    top: place(searched.top + scale * (top + height / 2)),
    width: side,
    height: side,
  };
}

/**
 * Mean distance, in milliseconds, between the media time of a picture and that of the voice that leaves at the
 * same moment, in a session on the real clock.
 */
async function departureGap(): Promise<number> {
  const engine = await startEngine(1);
  try {
    const session = await openSession(engine, await galleryRig());
    const departures = { video: [] as Departure[], voice: [] as Departure[] };
    const note = ({ kind, mediaTimeMs }: VideoPacket | VoicePacket) => {
      departures[kind].push({ atMs: performance.now(), mediaTimeMs });
    };
    session.take([usualVideo(session.settings), OPUS_VOICE], { video: note, voice: note });
    const stop = speakInRealTime(session, await sampleVoice());
    await sleep(LIVE_SECONDS * 1000);
    stop();
    session.close();
    return meanGap(departures.video, departures.voice);
  } finally {
    await engine.close();
  }
}

interface Departure {
  atMs: number;
  mediaTimeMs: number;
}

/** Between packets of voice its media time runs on with the clock, since a packet is heard while it plays. */
export function meanGap(video: readonly Departure[], voice: readonly Departure[]): number {
  const gaps: number[] = [];
  let last = 0;
  for (const picture of video) {
    while (last + 1 < voice.length && voice[last + 1].atMs <= picture.atMs) last++;
    const packet = voice[last];
    if (!packet || packet.atMs > picture.atMs) continue;
    const voiceTimeMs = packet.mediaTimeMs + (picture.atMs - packet.atMs);
    gaps.push(Math.abs(picture.mediaTimeMs - voiceTimeMs));
  }
  return mean(gaps);
}
