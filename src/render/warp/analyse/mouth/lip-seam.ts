/** The seam of lips that touch: the dark line from corner to corner, found by dynamic programming. */
import type { ColourPlanes } from '../../../../image/planes.ts';
import { samplePlane } from '../../../../image/sample.ts';

/** All lengths in lips' widths. The seam is looked for so far above and below the places where the mesh has it. */
const REACH = 0.09;
const STEP = 0.006;
/** A line is darker than what lies so far above and below it. */
const BESIDE = 0.04;
/** What one step off the mesh's place costs, squared, and one step between neighbouring columns: levels of luma. */
const OFF_COST = 0.12;
const SLOPE_COST = 1.5;
/** Seams of lips with less light than this (levels over black) are fainter: all is measured as if they had so much. */
const LEAST_LIGHT = 60;

const MIDDLE = Math.round(REACH / STEP);
const OFFSETS = Array.from({ length: 2 * MIDDLE + 1 }, (_, k) => STEP * (k - MIDDLE));

export interface LipSeam {
  /** How far below each of the places it lies, lips' widths. */
  offsets: number[];
  /** How much darker it is there than what lies above and below, levels; of dark lips as if they had more light. */
  darkness: number[];
}

/**
 * `places`: a row of positions from corner to corner; `down`: one lips' width; both in view fractions; `slack`: the
 * mesh is as sure of any place that is so near to these; `beside`: how far above and below it is lighter; lips' widths.
 */
export function findLipSeam(
  { size, channels }: ColourPlanes,
  places: readonly (readonly number[])[],
  down: readonly number[],
  slack = 0,
  beside = BESIDE,
): LipSeam {
  const lumaAt = (place: readonly number[], offset: number) =>
    samplePlane(channels[0], size, place[0] + offset * down[0], place[1] + offset * down[1]);
  const lights = places.flatMap((place) => [lumaAt(place, -REACH), lumaAt(place, REACH)]);
  const light = lights.sort((a, b) => a - b)[lights.length >> 1] - 16;
  const gain = Math.max(1, LEAST_LIGHT / Math.max(1, light));
  const columns = places.map((place) => {
    const luma = (offset: number) => lumaAt(place, offset);
    return OFFSETS.map(
      (offset) => gain * Math.max(0, Math.min(luma(offset - beside), luma(offset + beside)) - luma(offset)),
    );
  });
  const path = darkestPath(columns, slack / STEP);
  return {
    offsets: path.map((k) => OFFSETS[k]),
    darkness: path.map((k, column) => columns[column][k]),
  };
}

/** An offset for each column, so that the way through them is dark, smooth and near the middle. */
function darkestPath(columns: readonly number[][], slack: number): number[] {
  // Where nothing is seen, the middle is as good a place as any.
  const off = (k: number) => Math.max(0, Math.abs(k - MIDDLE) - slack, 0.1 * Math.abs(k - MIDDLE));
  const worth = columns.map((column) => column.map((value, k) => value - OFF_COST * off(k) ** 2));
  let best = worth[0];
  const sources: number[][] = [];
  for (const column of worth.slice(1)) {
    const reached = (from: number, to: number) => best[from] - SLOPE_COST * (from - to) ** 2;
    const source = column.map((_, k) =>
      best.reduce((chosen, _, j) => (reached(j, k) > reached(chosen, k) ? j : chosen), k),
    );
    best = column.map((value, k) => value + reached(source[k], k));
    sources.push(source);
  }
  const path = [best.indexOf(Math.max(...best))];
  for (const source of sources.reverse()) path.unshift(source[path[0]]);
  return path;
}
