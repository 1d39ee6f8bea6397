import { beforeAll, describe, expect, it } from 'vitest';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { type FaceBasis, readFaceBasis } from '../../../../../src/render/warp/analyse/face-basis.ts';
import { foldMaps } from '../../../../../src/render/warp/analyse/head/fold-maps.ts';
import { CELLS, COLUMNS } from '../../../../../src/render/warp/folds/canonical-frame.ts';
import { FOLDS } from '../../../../../src/render/warp/folds/folds.ts';

const SIZE = 512;
const BESIDE_MOUTH = 216;
const CHEEK = 205;
const CHIN = 152;
const FOREHEAD = 151;

let basis: FaceBasis;
let landmarks: Float32Array;
beforeAll(async () => {
  basis = await readFaceBasis((await loadPack(BUILTIN_PACK)).files.faceBasis);
  landmarks = basis.rest.map((value, i) => [0.5 + value / 24, 0.5 - value / 24, value / 24][i % 3]);
});

/** Of an even face, with a dark line across its forehead or without; `at` a point, in whole steps. */
function mapsOf(line: boolean) {
  const luma = new Float32Array(SIZE * SIZE).fill(160);
  if (line) {
    const row = Math.round(landmarks[3 * FOREHEAD + 1] * SIZE);
    for (const y of [row - 2, row - 1, row, row + 1, row + 2]) luma.fill(135, y * SIZE, (y + 1) * SIZE);
  }
  const { maps, places } = foldMaps({ size: SIZE, channels: [luma, luma, luma] }, landmarks, basis);
  const cellOf = (point: number) =>
    Math.round(places[2 * point + 1]) * COLUMNS + Math.round(places[2 * point]);
  return { maps, at: (fold: number, point: number) => maps[fold * CELLS + cellOf(point)] };
}

describe('maps of folds', () => {
  it('darken the skin beside the mouth, on a smooth face, too, light no cheek and nothing at the chin', () => {
    const { maps, at } = mapsOf(false);
    expect(at(0, BESIDE_MOUTH)).toBeLessThan(-15);
    expect(at(0, CHEEK)).toBeLessThanOrEqual(0);
    expect(Math.max(...maps)).toBe(0);
    expect(at(0, CHIN)).toBe(0);
    expect(maps.subarray(CELLS).every((value) => value === 0)).toBe(true);
  });

  it('are alike on both sides of the face', () => {
    const { maps } = mapsOf(false);
    for (let cell = 0; cell < CELLS; cell++) {
      const across = cell - (cell % COLUMNS) + COLUMNS - 1 - (cell % COLUMNS);
      expect(Math.abs(maps[cell] - maps[across])).toBeLessThan(4);
    }
  });

  it('deepen a line that the portrait shows, in its own fold alone', () => {
    const { at } = mapsOf(true);
    const forehead = FOLDS.findIndex((depths) => 'browInnerUp' in depths);
    expect(at(forehead, FOREHEAD)).toBeLessThan(-15);
    expect(at(0, FOREHEAD)).toBe(0);
  });
});
