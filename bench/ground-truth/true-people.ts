/**
 * People that look photographed, path-traced under known motion frames (models/training/people/make.py has the
 * layout): what a picture should have looked like.
 */

import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { LANDMARK_COUNT } from '../../src/face/topology.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { type Pose, poseFrame } from '../../src/render/warp/sheet/poses.ts';

/** The people that come with the project: nobody trains on them. */
export const MEASURED_PEOPLE = fileURLToPath(new URL('people', import.meta.url));
export const FRAME_SIDE = 320;
export const MATTE_SIDE = 128;
/** Picture fractions that landmarks are stored between. */
const [LOW, HIGH] = [-0.5, 1.5];

export interface TrueFrame {
  kind: string;
  /** `Float32Array [58]` */
  motion: Float32Array;
  /** Where the landmarks are: `Float32Array [478·2]`, picture fractions. */
  landmarks: Float32Array;
  /** How much of each pixel is the person: `Uint8Array [128·128]`. */
  matte: Uint8Array;
  /** 320 × 320. */
  picture: () => Promise<RgbPicture>;
}

export interface TruePerson {
  name: string;
  skin: 'dark' | 'light';
  /** The file of the picture at rest. */
  rest: Uint8Array;
  restLandmarks: Float32Array;
  frames: TrueFrame[];
}

interface Description {
  person: { skin: string };
  frames: { kind: string; pose: Pose }[];
}

/** The names of the people in a folder that are complete, in order. */
export async function personNames(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'landmarks.bin'))).sort();
}

export async function readPerson(folder: string, name: string): Promise<TruePerson> {
  const file = (base: string) => join(folder, name, base);
  const { person, frames } = JSON.parse(readFileSync(file('head.json'), 'utf8')) as Description;
  const mattes = await readImageFile(await readFile(file('mattes.webp')), MATTE_SIDE * frames.length);
  const bytes = await readFile(file('landmarks.bin'));
  const values = Float32Array.from(
    { length: bytes.length / 2 },
    (_, i) => LOW + ((HIGH - LOW) * bytes.readUInt16LE(2 * i)) / 65535,
  );
  const landmarksOf = (i: number) => values.subarray(2 * LANDMARK_COUNT * i, 2 * LANDMARK_COUNT * (i + 1));
  const cells = MATTE_SIDE * MATTE_SIDE;
  return {
    name,
    skin: person.skin.includes('dark') ? 'dark' : 'light',
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
