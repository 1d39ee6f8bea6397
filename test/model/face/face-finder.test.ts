import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import type { RgbPicture } from '../../../src/contract/rgb-picture.ts';
import { EYES, LANDMARK_COUNT, MOUTH_CORNER } from '../../../src/face/topology.ts';
import { cutAndScale } from '../../../src/image/cut-and-scale.ts';
import { readImageFile } from '../../../src/image/image-file.ts';
import { FaceFinder, type FoundFace } from '../../../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { portraitFile } from '../../support/portraits.ts';

const RIGHT = [
  EYES.right.outerCorner,
  EYES.right.innerCorner,
  EYES.right.irisCentre,
  46,
  55,
  MOUTH_CORNER.right,
];
const LEFT = [
  EYES.left.outerCorner,
  EYES.left.innerCorner,
  EYES.left.irisCentre,
  276,
  285,
  MOUTH_CORNER.left,
];
const LIDS = ([side]: readonly ['left' | 'right']) => [...EYES[side].upperLid, ...EYES[side].lowerLid];

let finder: FaceFinder;
let picture: RgbPicture;
let face: FoundFace;
let eyes: number;
beforeAll(async () => {
  finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
  picture = await readImageFile(await readFile(portraitFile()), 1024);
  [face] = await finder.find(picture);
  eyes = Math.hypot(
    ...[0, 1].map((axis) => at(face, EYES.left.irisCentre)[axis] - at(face, EYES.right.irisCentre)[axis]),
  );
  return () => finder.close();
}, 90_000);

function at({ landmarks }: FoundFace, point: number): number[] {
  return [...landmarks.subarray(3 * point, 3 * point + 3)];
}

function mirror({ width, height, data }: RgbPicture): RgbPicture {
  const mirrored = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    mirrored.set(data.subarray(3 * i, 3 * i + 3), 3 * (i - x + width - 1 - x));
  }
  return { width, height, data: mirrored };
}

it('finds one face, all of it inside its box', async () => {
  expect(await finder.find(picture)).toHaveLength(1);
  const [left, top, width, height] = face.box;
  expect(face.landmarks).toHaveLength(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [x, y] = at(face, i);
    expect(x > left && x < left + width && y > top && y < top + height, `point ${i}`).toBe(true);
  }
});

it('sees in the mirror what it sees', async () => {
  const [other] = await finder.find(mirror(picture));
  RIGHT.forEach((right, k) => {
    const [[x, y], [mirroredX, mirroredY]] = [at(face, right), at(other, LEFT[k])];
    expect(Math.hypot(picture.width - mirroredX - x, mirroredY - y) / eyes, `point ${right}`).toBeLessThan(
      0.05,
    );
  });
});

it.each([['left'], ['right']] as const)(
  'finds the lids in the same place, however the face is cut out: %s',
  async (...side) => {
    const found: number[][] = [];
    for (const cut of [1.2, 1.3, 1.4, 1.5]) {
      const width = Math.round(cut * face.box[2]);
      const [left, top] = [0, 1].map((axis) =>
        Math.max(0, Math.round(face.box[axis] + (face.box[2] - width) / 2)),
      );
      const side2 = Math.min(width, picture.width - left, picture.height - top);
      const area = { left, top, width: side2, height: side2 };
      const [seen] = await finder.find(await cutAndScale(picture, area, 640));
      found.push(
        LIDS(side).flatMap((i) => [left, top].map((from, axis) => from + (side2 / 640) * at(seen, i)[axis])),
      );
    }
    const spread = found[0].map(
      (_, k) => Math.max(...found.map((l) => l[k])) - Math.min(...found.map((l) => l[k])),
    );
    expect(spread.reduce((sum, value) => sum + value, 0) / spread.length / eyes).toBeLessThan(0.012);
  },
);

it('finds no face where there is none', async () => {
  const data = Uint8Array.from({ length: 3 * 300 * 200 }, (_, i) => (i * 7919) % 251);
  expect(await finder.find({ width: 300, height: 200, data })).toEqual([]);
});
