import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { RgbPicture } from '../../../src/contract/rgb-picture.ts';
import { EYES, LANDMARK_COUNT } from '../../../src/face/topology.ts';
import { cutAndScale } from '../../../src/image/cut-and-scale.ts';
import { readImageFile } from '../../../src/image/image-file.ts';
import { FaceFinder, type FoundFace } from '../../../src/model/face/face-finder.ts';
import { mirrorFace, mirrorPicture, withMirroredEye } from '../../../src/model/face/mirrored-eye.ts';
import { readFaceBasis } from '../../../src/render/warp/analyse/face-basis.ts';
import { galleryPortrait } from '../../render/warp/analyse/support.ts';

const BASIS = fileURLToPath(new URL('../../../models/builtin/face-basis.bin', import.meta.url));
const { outerCorner, innerCorner, upperLid, lowerLid } = EYES.right;
const LIDS = [outerCorner, ...upperLid, innerCorner, ...lowerLid];

it('takes each point of the right eye from its counterpart, and no other', async () => {
  const { rest } = await readFaceBasis(BASIS);
  const width = 200;
  // The canonical face is its own mirror image, but for the order of points: as if found in a mirrored picture.
  const landmarks = Float64Array.from(rest, (value, i) => (i % 3 === 0 ? 100 + 5 * value : 5 * value));
  const face: FoundFace = { box: [70, 0, 60, 80], landmarks };
  const mirrored = mirrorFace({ box: [70, 0, 60, 80], landmarks }, width);
  expect(mirrored.box).toEqual([70, 0, 60, 80]);
  const result = withMirroredEye(face, mirrored);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const way = [0, 1, 2].map((axis) => result.landmarks[3 * i + axis] - landmarks[3 * i + axis]);
    expect(Math.hypot(...way), `point ${i}`).toBeLessThan(0.05);
  }
});

it('finds the lids of the right eye in the same place, however the face is cut out', async () => {
  const finder = await FaceFinder.create();
  const picture = await readImageFile(await galleryPortrait(), 1280);
  const [{ box }] = await finder.find(picture);
  const cuts = await Promise.all(
    [1.2, 1.3, 1.4, 1.5].map(async (width) => {
      const side = Math.round(width * Math.max(box[2], box[3]));
      const left = Math.round(box[0] + (box[2] - side) / 2);
      const top = Math.round(box[1] + (box[3] - side) / 2);
      const cut = await cutAndScale(picture, { left, top, width: side, height: side }, 640);
      return { cut, place: (x: number, axis: number) => [left, top][axis] + (side / 640) * x };
    }),
  );
  const scatter = async (find: (cut: RgbPicture) => Promise<FoundFace>) => {
    const found: number[][] = [];
    for (const { cut, place } of cuts) {
      const { landmarks } = await find(cut);
      found.push(LIDS.flatMap((i) => [0, 1].map((axis) => place(landmarks[3 * i + axis], axis))));
    }
    const spread = found[0].map((_, k) => {
      const values = found.map((lids) => lids[k]);
      return Math.max(...values) - Math.min(...values);
    });
    return spread.reduce((sum, value) => sum + value, 0) / spread.length;
  };
  const asFound = await scatter(async (cut) => (await finder.find(cut))[0]);
  const mirrored = await scatter(async (cut) => {
    const [face] = await finder.find(cut);
    const [other] = await finder.find(mirrorPicture(cut));
    return withMirroredEye(face, mirrorFace(other, cut.width));
  });
  expect(mirrored).toBeLessThan(0.6 * asFound);
}, 60_000);
