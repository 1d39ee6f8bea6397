/** The lid lines of a drawn eye, fitted to its ink: whoever found them may be off by more than the line is thick. */
import type { Plane } from '../../../../image/planes.ts';

/** Lines are looked for so far from where they were found, in eye widths. */
const REACH = 0.1;
/** The thickest line there is, in eye widths; what is thicker is a dark iris below it. */
const THICKEST = 0.2;
const OUTER_EDGE = 0.06;
/** Ink has less than this share of the way from skin to the darkest there. */
const INK = 0.45;
/** A line has to be darker than skin by so many levels. */
const LEAST_DEPTH = 25;
/** What is dark below the opening may be its lower line, so thick: that stays. */
const LOWER_LINE = 0.06;
/** So many texels of skin end an eye. */
const SKIN_RUN = 2;

export interface LidHeights {
  upper: Float32Array;
  top: Float32Array;
  lower: Float32Array;
}

/** Heights of one eye's lines for each column of a patch, between the columns `left` and `right`. */
export function fitLids(
  { luma, likeness, size }: { luma: Plane; likeness: Plane; size: number },
  { upper, top, lower }: LidHeights,
  left: number,
  right: number,
): LidHeights {
  const width = right - left;
  const reach = Math.max(2, Math.round(REACH * width));
  const [first, last] = [Math.max(0, Math.ceil(left)), Math.min(size - 1, Math.floor(right))];
  const upperShift: number[] = [];
  const topShift: number[] = [];
  const lowerShift: number[] = [];
  for (let x = first; x <= last; x++) {
    const at = (y: number) => luma[Math.min(size - 1, Math.max(0, y)) * size + x];
    const room = Math.min(reach, Math.round(0.6 * Math.max(2, lower[x] - upper[x])));
    const thickest = THICKEST * width;
    const from = Math.floor(top[x]) - reach;
    const to = Math.ceil(upper[x] + Math.min(thickest, 0.6 * Math.max(2, lower[x] - upper[x])));
    let [darkest, lightest] = [255, 0];
    for (let y = from; y <= to; y++) {
      darkest = Math.min(darkest, at(y));
      if (y < top[x]) lightest = Math.max(lightest, at(y));
    }
    const limit = lightest - INK * (lightest - darkest);
    const run =
      lightest - darkest > LEAST_DEPTH
        ? inkRun((y) => at(y) < limit, from, to, 0.5 * (top[x] + upper[x]))
        : undefined;
    const near = (shift: number) => (Math.abs(shift) < reach ? shift : Number.NaN);
    // Thick lines may have been found by their outer edge.
    const isOuterEdge = run && Math.abs(run[0] - upper[x]) < OUTER_EDGE * width;
    const isLine = run && run[1] - run[0] <= thickest && run[1] < to;
    upperShift.push(isLine ? (isOuterEdge ? run[1] - upper[x] : near(run[1] - upper[x])) : Number.NaN);
    topShift.push(run ? near(run[0] - top[x]) : Number.NaN);
    const isSkin = (y: number) => likeness[Math.min(size - 1, y) * size + x] > 0.5;
    let end = Math.floor(lower[x] - room);
    let skin = 0;
    while (skin < SKIN_RUN && end < lower[x] + reach) skin = isSkin(++end) ? skin + 1 : 0;
    end -= SKIN_RUN - 1;
    const line = LOWER_LINE * width;
    lowerShift.push(end < lower[x] ? end - lower[x] : Math.max(0, end - lower[x] - line));
  }
  return {
    upper: moved(upper, upperShift, first),
    top: moved(top, topShift, first),
    lower: moved(lower, lowerShift, first),
  };
}

/** The run of ink within `from` and `to` that lies nearest to the place `near`, rather a thick one. */
function inkRun(
  isInk: (y: number) => boolean,
  from: number,
  to: number,
  near: number,
): [number, number] | undefined {
  let best: [number, number] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let y = from; y <= to; y++) {
    if (!isInk(y)) continue;
    const begin = y;
    while (y <= to && isInk(y)) y++;
    const away = Math.abs(0.5 * (begin + y) - near) - (y - begin);
    if (away < least) [best, least] = [[begin, y], away];
  }
  return best;
}

/** Shifts that most columns around agree on. */
function moved(heights: Float32Array, shifts: readonly number[], first: number): Float32Array {
  const reach = Math.max(1, Math.round(0.06 * shifts.length));
  const result = heights.slice();
  const around = (values: readonly number[], k: number) =>
    values.slice(Math.max(0, k - reach), k + reach + 1).filter((value) => !Number.isNaN(value));
  const agreed = shifts.map((_, k) => {
    const near = around(shifts, k).sort((a, b) => a - b);
    return near[near.length >> 1] ?? 0;
  });
  agreed.forEach((_, k) => {
    const near = around(agreed, k);
    result[first + k] += near.reduce((sum, value) => sum + value, 0) / near.length;
  });
  // Corners stay, the columns beside them go on from these.
  return result.map((value, x) => {
    const inside = Math.min(x - first, first + shifts.length - 1 - x);
    if (inside < 0) return value;
    const share = Math.min(1, (inside + 1) / (2 * reach));
    return heights[x] + share * (value - heights[x]);
  });
}
