/**
 * What the learned part does, to be looked at: crops without and with it and, of heads in 3-D, the truth.
 *
 * Run: node bench/ground-truth/repair/before-after.ts <out.png> [portrait …]
 * Without portraits: the heads of held-out/, one row a head.
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { AvatarFactory } from '../../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { VultusError } from '../../../src/errors.ts';
import { toRgb } from '../../../src/image/colour.ts';
import { createI420, type I420 } from '../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { poseFrame } from '../../../src/render/warp/sheet/poses.ts';
import { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';
import { toI420 } from '../picture-measures.ts';
import { FRAME_SIDE, HELD_OUT_HEADS, headNames, readHead } from '../true-heads.ts';
import { Repair } from './repair.ts';
import { cutOut, repairCrops } from './repair-crop.ts';

const TILE = 128;
const [MOUTH_CROP, RIGHT_EYE_CROP] = [0, 1];
/** Of the frames of a head in 3-D: an open mouth, rounded lips, half-shut lids, a gaze. */
const FRAMES = [
  { index: 0, shows: MOUTH_CROP },
  { index: 2, shows: MOUTH_CROP },
  { index: 9, shows: RIGHT_EYE_CROP },
  { index: 11, shows: RIGHT_EYE_CROP },
];
/** The same for a portrait. */
const POSES = [
  { shows: MOUTH_CROP, pose: { jawOpen: 0.48, mouthLowerDownLeft: 0.15, mouthLowerDownRight: 0.15 } },
  { shows: MOUTH_CROP, pose: { jawOpen: 0.32, mouthFunnel: 0.45, mouthPucker: 0.15 } },
  { shows: RIGHT_EYE_CROP, pose: { eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 } },
  { shows: RIGHT_EYE_CROP, pose: { eyeLookOutLeft: 0.6, eyeLookInRight: 0.6 } },
];

const [out, ...portraits] = process.argv.slice(2);
if (!out) throw new VultusError('invalid_request', 'usage: before-after.ts <out.png> [portrait …]');
const pack = await loadPack(BUILTIN_PACK);
const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
const renderer = await WarpRenderer.open(pack, loader);
const factory = await AvatarFactory.create();
const repair = await Repair.open(fileURLToPath(new URL('weights', import.meta.url)), loader);

const rows: I420[][] = [];
for (const portrait of portraits) {
  const frames = POSES.map(({ shows, pose }) => ({ shows, motion: poseFrame(pose) }));
  rows.push(await tilesOf(await readFile(portrait), frames));
}
for (const name of portraits.length > 0 ? [] : await headNames(HELD_OUT_HEADS)) {
  const head = await readHead(HELD_OUT_HEADS, name);
  const frames = FRAMES.map(async ({ index, shows }) => ({
    shows,
    motion: head.frames[index].motion,
    truth: toI420(await head.frames[index].picture()),
  }));
  rows.push(await tilesOf(head.rest, await Promise.all(frames)));
}
await factory.close();
await renderer.close();
await repair.close();
const columns = Math.max(...rows.map((row) => row.length));
await sharp({
  create: { width: TILE * columns, height: TILE * rows.length, channels: 3, background: 'black' },
})
  .composite(
    rows.flatMap((row, y) =>
      row.map((tile, x) => ({
        input: Buffer.from(toRgb(tile).data),
        raw: { width: TILE, height: TILE, channels: 3 as const },
        left: x * TILE,
        top: y * TILE,
      })),
    ),
  )
  .png({ palette: true })
  .toFile(out);

interface Shown {
  /** Number of the crop. */
  shows: number;
  motion: Float32Array;
  truth?: I420;
}

/** For each frame its crop: without, with, truth. */
async function tilesOf(file: Uint8Array, frames: Shown[]): Promise<I420[]> {
  const { rig } = await factory.analyse(file);
  const avatar = renderer.prepare(rig, squareFormat(FRAME_SIDE));
  const tiles: I420[] = [];
  for (const { shows, motion, truth } of frames) {
    const without = createI420(FRAME_SIDE, FRAME_SIDE);
    await avatar.draw(motion, without);
    const repaired = { ...without, data: without.data.slice() };
    await repair.apply(repaired, avatar.posed, motion);
    const crop = repairCrops(avatar.posed, FRAME_SIDE)[shows];
    for (const picture of [without, repaired, truth]) if (picture) tiles.push(cutOut(picture, crop, TILE));
  }
  return tiles;
}
