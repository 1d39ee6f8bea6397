import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Repair } from '../../bench/ground-truth/repair/repair.ts';
import {
  CROP_PLANES,
  type Crop,
  cutOut,
  readCrop,
  readMotion,
  repairCrops,
} from '../../bench/ground-truth/repair/repair-crop.ts';
import { applyField, FIELD_CHANNELS } from '../../bench/ground-truth/repair/repair-field.ts';
import { HELD_OUT_HEADS, headNames, readHead } from '../../bench/ground-truth/true-heads.ts';
import { LANDMARK_COUNT } from '../../src/face/topology.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { poseFrame } from '../../src/render/warp/sheet/poses.ts';

const SIZE = 256;
const GRID = 8;
const head = await readHead(HELD_OUT_HEADS, (await headNames(HELD_OUT_HEADS))[0]);
const landmarks = Float32Array.from({ length: 3 * LANDMARK_COUNT }, (_, i) =>
  i % 3 === 2 ? 0 : head.restLandmarks[2 * Math.floor(i / 3) + (i % 3)],
);
const crops = repairCrops(landmarks, SIZE);

/** Luma rises to the right, chroma is flat. */
function ramp(): I420 {
  const picture = createI420(SIZE, SIZE);
  picture.data.fill(120);
  for (let i = 0; i < SIZE * SIZE; i++) picture.data[i] = i % SIZE;
  return picture;
}

function fieldWith(channel: number, value: number): Float32Array {
  return new Float32Array(FIELD_CHANNELS * GRID * GRID).fill(
    value,
    channel * GRID * GRID,
    (channel + 1) * GRID * GRID,
  );
}

function applied(crop: Crop, field: Float32Array): I420 {
  const picture = ramp();
  applyField(picture, crop, field, GRID, new Uint8Array(picture.data.length));
  return picture;
}

/** Luma at the middle of a crop. */
function middle({ data }: I420, { left, top, side }: Crop): number {
  return data[Math.floor(top + side / 2) * SIZE + Math.floor(left + side / 2)];
}

describe('field of corrections', () => {
  it('changes nothing where it is empty', () => {
    for (const crop of crops) expect(applied(crop, fieldWith(0, 0)).data).toEqual(ramp().data);
  });

  it('says where a pixel is taken from, in a mirrored crop the other way round', () => {
    const [mouth, right, left] = crops;
    for (const crop of [mouth, right]) {
      const moved = middle(applied(crop, fieldWith(0, 4 / crop.side)), crop);
      expect(moved).toBe(middle(ramp(), crop) + 4);
    }
    expect(middle(applied(left, fieldWith(0, 4 / left.side)), left)).toBe(middle(ramp(), left) - 4);
  });

  it('adds to each level of luma what its knots say, and to chroma by luma', () => {
    const [mouth] = crops;
    const before = middle(ramp(), mouth);
    const share = (before - 89) / 73;
    expect(share).toBeGreaterThan(0);
    const { data } = applied(mouth, fieldWith(4, 10));
    expect(middle({ width: SIZE, height: SIZE, data }, mouth)).toBe(Math.round(before + 10 * share));
    const chroma = applied(mouth, fieldWith(8, 10)).data.subarray(SIZE * SIZE);
    expect(Math.max(...chroma.subarray(0, chroma.length / 2))).toBeGreaterThan(124);
    expect(new Set(chroma.subarray(chroma.length / 2))).toEqual(new Set([120]));
  });

  it('leaves the picture outside of the crop alone', () => {
    const [mouth] = crops;
    const { data } = applied(mouth, fieldWith(3, 20));
    const top = Math.floor(mouth.top) - 1;
    expect(data.subarray(0, top * SIZE)).toEqual(ramp().data.subarray(0, top * SIZE));
  });
});

describe('crops', () => {
  it('lie on mouth and eyes and tell luma as it is there', () => {
    const [mouth, right, left] = crops;
    expect(mouth.top).toBeGreaterThan(right.top);
    expect(right.left).toBeLessThan(left.left);
    const seen = new Float32Array(CROP_PLANES * mouth.part.cells ** 2);
    readCrop(ramp(), mouth, seen);
    expect(128 + 64 * seen[0]).toBeCloseTo(mouth.left + mouth.side / mouth.part.cells / 4 - 0.5, 1);
    expect(cutOut(ramp(), mouth, 64).data[0]).toBe(Math.round(mouth.left + mouth.side / 128 - 0.5));
  });

  it('tell the left eye as if it were the right one', () => {
    const [, right, left] = crops;
    const told = (crop: Crop, pose: Record<string, number>) => {
      const values = new Float32Array(crop.part.motion.length);
      readMotion(poseFrame(pose), crop, values);
      return [...values];
    };
    expect(told(left, { eyeBlinkLeft: 1, headYaw: 0.2 })).toEqual(
      told(right, { eyeBlinkRight: 1, headYaw: -0.2 }),
    );
  });
});

describe('repair', () => {
  it('makes small changes around mouth and eyes and none elsewhere', async () => {
    const pack = await loadPack(BUILTIN_PACK);
    const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
    const folder = fileURLToPath(new URL('../../bench/ground-truth/repair/weights', import.meta.url));
    const repair = await Repair.open(folder, loader);
    const picture = ramp();
    await repair.apply(picture, landmarks, poseFrame({ jawOpen: 0.3, eyeBlinkLeft: 0.5 }));
    await repair.close();
    const before = ramp().data;
    const changes = picture.data.map((value, i) => Math.abs(value - before[i]));
    expect(Math.max(...changes)).toBeGreaterThan(0);
    expect(Math.max(...changes)).toBeLessThan(40);
    expect(Math.max(...changes.subarray(0, Math.floor(crops[1].top - 1) * SIZE))).toBe(0);
  });
});
