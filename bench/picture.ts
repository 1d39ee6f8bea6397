/**
 * QUALITY C, identity: whether a rendered face still is the face of its portrait, to a network that tells people
 * apart (FaceRes, trained on faces in the wild; it also feels expressions).
 */

import { readFile } from 'node:fs/promises';
import { squareFormat } from '../src/contract/formats.ts';
import type { RgbPicture } from '../src/contract/rgb-picture.ts';
import { toRgb } from '../src/image/colour.ts';
import { createI420 } from '../src/image/i420.ts';
import { readImageFile } from '../src/image/image-file.ts';
import { FaceFinder } from '../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import type { Renderer, Rig } from '../src/render/renderer.ts';
import { type Descriptor, FaceDescriptor } from './face-descriptor.ts';
import { galleryPortraits, openRenderer, rigsOf, sampleVoice, sharedPortraits } from './fixtures.ts';
import { liveMotion, openMotionModel } from './live-motion.ts';
import { atLeast, type Report, type Row } from './report.ts';
import { mean } from './statistics.ts';

const PICTURE_SIDE = 512;
/** Of the portrait's longer side: what the analysis searches first. */
const PORTRAIT_SIDE = 1280;
const SECONDS = 4;
const EVERY_NTH_FRAME = 10;
const SAME_PERSON = 0.95;

export async function benchPicture(): Promise<Report> {
  const frames = await smallMotion();
  const renderer = await openRenderer();
  const finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
  const descriptor = await FaceDescriptor.open();
  const describe = async (picture: RgbPicture) => {
    const [face] = await finder.find(picture);
    return face && descriptor.describe(picture, face);
  };
  const rows: Row[] = [];
  const skipped: string[] = [];
  const people: Descriptor[] = [];
  for (const [kind, files] of [
    ['gallery', galleryPortraits()],
    ['../shared/data', sharedPortraits()],
  ] as const) {
    const scores: { name: string; cosine: number }[] = [];
    const { rigs, refused } = await rigsOf(files);
    skipped.push(...refused.map(({ name, code }) => `C identity ${name}: ${code}`));
    for (const { name, rig, file } of rigs) {
      const own = await describe(await readImageFile(await readFile(file), PORTRAIT_SIDE));
      const shown = await describeFrames(renderer, describe, rig, frames);
      if (!own || shown.length < frames.length / 2) {
        skipped.push(`C identity ${name}: the face finder does not know this kind of face`);
        continue;
      }
      people.push(own);
      const score = mean(shown.map((frame) => cosine(frame, own)));
      scores.push({ name, cosine: score });
      console.log(`  identity ${name}: ${score.toFixed(3)}`);
    }
    if (scores.length === 0) continue;
    scores.sort((a, b) => a.cosine - b.cosine);
    const below = scores.filter((score) => score.cosine < SAME_PERSON);
    rows.push(
      atLeast(
        `C identity, frame against portrait, cosine, ${scores.length} of ${kind}`,
        mean(scores.map((score) => score.cosine)),
        SAME_PERSON,
      ),
      {
        measure: `C portraits of ${kind} below ${SAME_PERSON}`,
        value: below.map((score) => `${score.name} ${score.cosine.toFixed(2)}`).join(', ') || 'none',
      },
    );
  }
  const others = people.flatMap((a, i) => people.slice(i + 1).map((b) => cosine(a, b)));
  rows.push({ measure: 'C the same between two different portraits, mean', value: mean(others) });
  await Promise.all([renderer.close(), finder.close(), descriptor.close()]);
  return { name: 'C. Picture', rows, skipped };
}

/** Motion frames of usual speech. */
async function smallMotion(): Promise<Float32Array[]> {
  const model = await openMotionModel();
  try {
    const { frames } = await liveMotion(model, (await sampleVoice()).subarray(0, SECONDS * 48000));
    return frames.filter((_, i) => i % EVERY_NTH_FRAME === 0);
  } finally {
    await model.close();
  }
}

async function describeFrames(
  renderer: Renderer,
  describe: (picture: RgbPicture) => Promise<Descriptor | undefined>,
  rig: Rig,
  frames: readonly Float32Array[],
): Promise<Descriptor[]> {
  const avatar = renderer.prepare(rig, squareFormat(PICTURE_SIDE));
  const picture = createI420(PICTURE_SIDE, PICTURE_SIDE);
  const descriptors: Descriptor[] = [];
  for (const frame of frames) {
    await avatar.draw(frame, picture);
    const descriptor = await describe(toRgb(picture));
    if (descriptor) descriptors.push(descriptor);
  }
  return descriptors;
}

function cosine(a: Descriptor, b: Descriptor): number {
  const dot = (x: Descriptor, y: Descriptor) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
