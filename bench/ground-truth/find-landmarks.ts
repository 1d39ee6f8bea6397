/** What the face finder sees: node bench/ground-truth/find-landmarks.ts <folder>/<seed>/rest.webp … > found.json */

import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LANDMARK_COUNT } from '../../src/face/topology.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { FaceFinder } from '../../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';

const SIDE = 640;

const finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
const found: Record<string, number[][]> = {};
for (const file of process.argv.slice(2)) {
  const picture = await readImageFile(await readFile(file), SIDE);
  const [face] = await finder.find(picture);
  if (!face) continue;
  found[basename(dirname(file))] = Array.from({ length: LANDMARK_COUNT }, (_, i) => [
    face.landmarks[3 * i] / picture.width,
    face.landmarks[3 * i + 1] / picture.height,
  ]);
}
console.log(JSON.stringify(found));
