import { beforeAll, describe, expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';
import { ownFolds } from '../../../../../src/render/warp/analyse/head/own-folds.ts';
import { COLUMNS, canonicalPlaces } from '../../../../../src/render/warp/folds/canonical-frame.ts';

const SIZE = 512;
/** On a cheek, away from all that a face has. */
const [ROW, FIRST, LAST] = [60, 18, 26];

let landmarks: Float32Array;
let places: Float32Array;
beforeAll(async () => {
  const { rest } = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
  landmarks = rest.map((value, i) => [0.5 + value / 24, 0.5 - value / 24, value / 24][i % 3]);
  places = canonicalPlaces(rest);
});

/** An even face with a line across a cheek that has `level` of its luma. */
function foldsOf(level: number, skin = 150) {
  const luma = new Float32Array(SIZE * SIZE).fill(16 + skin);
  // The frame's cells are 0.2 cm; the middle of column 39.5 is the middle of the face.
  const cell = (0.2 / 24) * SIZE;
  const middle = places[1] - (landmarks[1] * SIZE) / cell;
  for (let y = Math.round((ROW - 0.7 - middle) * cell); y < (ROW + 0.7 - middle) * cell; y++) {
    const from = y * SIZE + SIZE / 2;
    luma.fill(16 + level * skin, from + (FIRST - 39.5) * cell, from + (LAST - 39.5) * cell);
  }
  return ownFolds({ size: SIZE, channels: [luma, luma, luma] }, landmarks, places);
}

describe('own folds', () => {
  it('are dark lines, on light and on dark skin alike, and nothing else', () => {
    for (const skin of [150, 60]) {
      const folds = foldsOf(0.85, skin);
      expect(folds[ROW * COLUMNS + 22]).toBeLessThan(-0.03);
      for (const row of [ROW - 12, ROW + 12]) expect(folds[row * COLUMNS + 22]).toBeCloseTo(0);
      expect(folds.every((value) => value <= 0)).toBe(true);
    }
  });

  it('are none where a line is as dark as hair', () => {
    expect(foldsOf(0.2)[ROW * COLUMNS + 22]).toBeCloseTo(0);
  });
});
