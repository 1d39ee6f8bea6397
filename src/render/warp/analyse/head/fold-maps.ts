/**
 * How a face's folds look when they are deep: dark lines where a face folds, and whatever lines the portrait shows there
 * itself, deeper. Cheeks that catch light above them were drawn, too: on people whose smiles are known they were not lighter.
 */
import { type ColourPlanes, clamp } from '../../../../image/planes.ts';
import { CELLS, COLUMNS, canonicalPlaces } from '../../folds/canonical-frame.ts';
import { FOLD_STEP, FOLDS, type FoldMaps } from '../../folds/folds.ts';
import type { FaceBasis } from '../face-basis.ts';
import { ownFolds } from './own-folds.ts';

/** Through landmarks. */
type Line = readonly number[];

/** One of `FOLDS`: where it lies, and what deepens there. */
interface Fold {
  lines: readonly Line[];
  /** Own lines within so many cells belong to it. */
  reach: number;
  /** Shares of what the portrait shows of them. */
  own: number;
  /** What every face gets: logarithms of luma, along lines, falling off within so many cells. */
  drawn: readonly { lines: readonly Line[]; reach: number; change: number }[];
}

const NASOLABIAL = [
  [203, 206, 216, 212],
  [423, 426, 436, 432],
];
/** In the order of `FOLDS`. */
const WHERE: readonly Fold[] = [
  {
    lines: NASOLABIAL,
    reach: 5,
    own: 1.3,
    drawn: [
      { lines: NASOLABIAL, reach: 1.3, change: -0.06 },
      { lines: NASOLABIAL, reach: 3.5, change: -0.025 },
    ],
  },
  {
    lines: [
      [226, 35, 143],
      [446, 265, 372],
    ],
    reach: 5,
    own: 1.2,
    drawn: [],
  },
  { lines: [[103, 104, 69, 108, 151, 337, 299, 333, 332]], reach: 5, own: 1.4, drawn: [] },
  {
    lines: [
      [8, 9],
      [107, 55],
      [336, 285],
    ],
    reach: 3.5,
    own: 1.5,
    drawn: [],
  },
];

/** Logarithm of luma: less than a level of most skins. */
const UNSEEN = 0.006;

export function foldMaps(view: ColourPlanes, landmarks: Float32Array, { rest }: FaceBasis): FoldMaps {
  const places = canonicalPlaces(rest);
  const own = ownFolds(view, landmarks, places);
  const maps = new Int8Array(FOLDS.length * CELLS);
  WHERE.forEach((fold, index) => {
    const sum = along(fold.lines, fold.reach, places).map((near, cell) => fold.own * near * own[cell]);
    for (const { lines, reach, change } of fold.drawn) {
      const near = along(lines, reach, places);
      for (let cell = 0; cell < CELLS; cell++) sum[cell] += change * near[cell];
    }
    for (let cell = 0; cell < CELLS; cell++) {
      if (Math.abs(sum[cell]) < UNSEEN) continue;
      maps[index * CELLS + cell] = Math.round(clamp(sum[cell] / FOLD_STEP, -127, 127));
    }
  });
  return { maps, places };
}

/** 1 on lines, falling off around them, `Float32Array [rows·columns]`. */
function along(lines: readonly Line[], reach: number, places: Float32Array): Float32Array {
  const near = new Float32Array(CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    const [x, y] = [cell % COLUMNS, Math.floor(cell / COLUMNS)];
    let squared = Number.POSITIVE_INFINITY;
    for (const line of lines) {
      for (let k = 1; k < line.length; k++) {
        squared = Math.min(squared, squaredDistance(x, y, places, line[k - 1], line[k]));
      }
    }
    near[cell] = Math.exp((-0.5 * squared) / reach ** 2);
  }
  return near;
}

/** From a place to what lies between two points. */
function squaredDistance(x: number, y: number, places: Float32Array, from: number, to: number): number {
  const [dx, dy] = [x - places[2 * from], y - places[2 * from + 1]];
  const [ux, uy] = [places[2 * to] - places[2 * from], places[2 * to + 1] - places[2 * from + 1]];
  const share = clamp((dx * ux + dy * uy) / (ux * ux + uy * uy), 0, 1);
  return (dx - share * ux) ** 2 + (dy - share * uy) ** 2;
}
