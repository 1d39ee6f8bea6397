/**
 * What the repair network learns from: for every head of a folder (models/training/vultus_training/heads_3d), the
 * crops of the renderer's picture of each frame and the same crops of the true one. Written beside the head, for
 * each part k (mouth, right eye, left eye):
 *   crops-<k>.f32   [frames, 8, cells, cells], as the network sees ours
 *   motion-<k>.f32  [frames, channels]
 *   pairs-<k>.u8    [frames, 2, 1.5·side·side], ours and the true one in I420, side = 4·cells
 *
 * Run: node bench/ground-truth/repair/make-pairs.ts <folder of heads>
 */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AvatarFactory } from '../../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import { VultusError } from '../../../src/errors.ts';
import { createI420 } from '../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';
import { toI420 } from '../picture-measures.ts';
import { FRAME_SIDE, headNames, readHead, type TrueHead } from '../true-heads.ts';
import { CROP_PLANES, cutOut, readCrop, readMotion, repairCrops } from './repair-crop.ts';

const PARTS = 3;
/** Pixels of a pair per cell. */
const PIXELS_PER_CELL = 4;

const folder = process.argv[2];
if (!folder) throw new VultusError('invalid_request', 'usage: make-pairs.ts <folder of heads>');
const pack = await loadPack(BUILTIN_PACK);
const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
const renderer = await WarpRenderer.open(pack, loader);
const factory = await AvatarFactory.create();
for (const name of await headNames(folder)) {
  if (existsSync(join(folder, name, `pairs-${PARTS - 1}.u8`))) continue;
  try {
    await writePairs(await readHead(folder, name));
    console.log(name);
  } catch (cause) {
    // A head in whose portrait the face finder sees no face is no portrait that the renderer would get.
    if (!(cause instanceof VultusError)) throw cause;
    console.log(`${name}: ${cause.code}`);
  }
}
await factory.close();
await renderer.close();

async function writePairs(head: TrueHead): Promise<void> {
  const { rig } = await factory.analyse(head.rest);
  const avatar = renderer.prepare(rig, squareFormat(FRAME_SIDE));
  const drawn = createI420(FRAME_SIDE, FRAME_SIDE);
  const files = Array.from({ length: PARTS }, () => ({
    crops: [] as Float32Array[],
    motion: [] as Float32Array[],
    pairs: [] as Uint8Array[],
  }));
  for (const frame of head.frames) {
    const truth = toI420(await frame.picture());
    await avatar.draw(frame.motion, drawn);
    repairCrops(avatar.posed, FRAME_SIDE).forEach((crop, k) => {
      const { cells, motion } = crop.part;
      const seen = new Float32Array(CROP_PLANES * cells * cells);
      readCrop(drawn, crop, seen);
      files[k].crops.push(seen);
      const told = new Float32Array(motion.length);
      readMotion(frame.motion, crop, told);
      files[k].motion.push(told);
      for (const picture of [drawn, truth]) {
        files[k].pairs.push(cutOut(picture, crop, PIXELS_PER_CELL * cells).data);
      }
    });
  }
  for (const [k, { crops, motion, pairs }] of files.entries()) {
    await writeFile(join(folder, head.name, `crops-${k}.f32`), Buffer.concat(crops.map(bytesOf)));
    await writeFile(join(folder, head.name, `motion-${k}.f32`), Buffer.concat(motion.map(bytesOf)));
    await writeFile(join(folder, head.name, `pairs-${k}.u8`), Buffer.concat(pairs));
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
