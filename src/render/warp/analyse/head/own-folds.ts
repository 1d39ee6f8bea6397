/** The folds and wrinkles that a portrait shows: dark lines in its skin, in the frame of folds. */
import { boxBlur, type ColourPlanes, clamp, smoothstep } from '../../../../image/planes.ts';
import { samplePlane } from '../../../../image/sample.ts';
import { CELLS, COLUMNS, forSkinCells, ROWS } from '../../folds/canonical-frame.ts';

const BLACK = 16;
/** Added to luma: what is nearly black has no ratio. */
const LEVEL = 8;
/** Luma is the mean over so much of the view. */
const REACH = 1 / 250;
/** Folds are darker than the mean of so many cells around. */
const AROUND = 4;
/** Below the first a line is the skin's grain, in logarithms of luma; beyond the last two it is hair. */
const GRAIN = 0.015;
const HAIR = [0.14, 0.28] as const;

/** Logarithms of how much darker each cell is for a fold, `Float32Array [rows·columns]`, none above 0. */
export function ownFolds(
  { size, channels }: ColourPlanes,
  landmarks: Float32Array,
  places: Float32Array,
): Float32Array {
  const luma = boxBlur(channels[0], size, size, Math.max(1, Math.round(REACH * size)));
  const seen = new Float32Array(CELLS);
  const values = new Float32Array(CELLS);
  forSkinCells(places, (cell, points, shares) => {
    const at = (axis: number) =>
      points.reduce((sum, point, k) => sum + shares[k] * landmarks[3 * point + axis], 0);
    values[cell] = Math.log(Math.max(0, samplePlane(luma, size, at(0), at(1)) - BLACK) + LEVEL);
    seen[cell] = 1;
  });
  const near = means(values, seen, 1);
  const around = means(values, seen, AROUND);
  return near.map((value, cell) => {
    if (!seen[cell]) return 0;
    const darker = clamp(around[cell] - value - GRAIN, 0, 1);
    return -darker * (1 - smoothstep(HAIR[0], HAIR[1], darker));
  });
}

/** Of the cells that are seen within `reach`. */
function means(values: Float32Array, seen: Float32Array, reach: number): Float32Array {
  const sums = boxBlur(values, COLUMNS, ROWS, reach);
  const shares = boxBlur(seen, COLUMNS, ROWS, reach);
  return sums.map((sum, cell) => sum / Math.max(1e-6, shares[cell]));
}
