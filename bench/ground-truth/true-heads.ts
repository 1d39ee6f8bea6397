/**
 * Heads drawn in 3-D under known motion frames (models/training/vultus_training/heads_3d/make.py has the layout):
 * what a picture should have looked like.
 */

import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { LANDMARK_COUNT } from '../../src/face/topology.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { type Pose, poseFrame } from '../../src/render/warp/sheet/poses.ts';

/** The heads that come with the project: nobody trains on them. */
export const MEASURED_HEADS = fileURLToPath(new URL('heads', import.meta.url));
/** More of them, at which nobody looked before they were measured. */
export const HELD_OUT_HEADS = fileURLToPath(new URL('held-out', import.meta.url));
export const FRAME_SIDE = 512;
export const MATTE_SIDE = 128;

export interface TrueFrame {
  kind: string;
  /** `Float32Array [58]` */
  motion: Float32Array;
  /** Where the landmarks are: `Float32Array [478·2]`, picture fractions. */
  landmarks: Float32Array;
  /** How much of each pixel is the person: `Uint8Array [128·128]`. */
  matte: Uint8Array;
  /** 512 × 512. */
  picture: () => Promise<RgbPicture>;
}

export interface TrueHead {
  name: string;
  /** The file of the picture at rest. */
  rest: Uint8Array;
  restLandmarks: Float32Array;
  frames: TrueFrame[];
}

/** The names of the heads in a folder that are complete, in order. */
export async function headNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'head.json'))).sort();
}

export async function readHead(folder: string, name: string): Promise<TrueHead> {
  const file = (base: string) => join(folder, name, base);
  const { frames } = JSON.parse(readFileSync(file('head.json'), 'utf8')) as {
    frames: { kind: string; pose: Pose }[];
  };
  const mattes = await readImageFile(await readFile(file('mattes.webp')), MATTE_SIDE * frames.length);
  const bytes = await readFile(file('landmarks.bin'));
  const values = Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i) / 65535);
  const landmarksOf = (i: number) => values.subarray(2 * LANDMARK_COUNT * i, 2 * LANDMARK_COUNT * (i + 1));
  const cells = MATTE_SIDE * MATTE_SIDE;
  return {
    name,
    rest: await readFile(file('rest.webp')),
    restLandmarks: landmarksOf(0),
    frames: frames.map(({ kind, pose }, i) => ({
      kind,
      motion: poseFrame(pose),
      landmarks: landmarksOf(i + 1),
      matte: Uint8Array.from({ length: cells }, (_, k) => mattes.data[3 * (i * cells + k)]),
      picture: async () =>
        readImageFile(await readFile(file(`${String(i + 1).padStart(2, '0')}.webp`)), FRAME_SIDE),
    })),
  };
}
