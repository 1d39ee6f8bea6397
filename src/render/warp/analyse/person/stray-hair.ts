/**
 * Curls and single hairs that the segmenter misses. Left in the background they would stand still beside a head
 * that moves; where they differ from an even background they are given to the person.
 */
import {
  above,
  boxBlur,
  halve,
  multiply,
  type Plane,
  resizeSquare,
  smoothstep,
} from '../../../../image/planes.ts';

/** Hair is looked for this far around the person, in shares of the view. */
const REACH = 1 / 14;
/** What is nearer than this may be hair already: the background is learnt farther out, in a window this wide. */
const CLEARANCE = 1 / 36;
const WINDOW = 1 / 9;
/** Deviations of the background's own that are no hair yet, and that surely are; plus grey levels for noise. */
const DOUBTFUL = { deviations: 3, levels: 5 };
const CERTAIN = { deviations: 7, levels: 16 };
/** Backgrounds that vary by more than this (grey levels) have edges of their own: nothing can be told there. */
const EVEN_DEVIATION = 7;
const OUTLIER_DEVIATIONS = 2;
/** Gaps of about this width are closed where so much of the place around is curls, and curls or the person. */
const GAP = 1 / 40;
const AMONG_CURLS = [0.02, 0.1] as const;
const IN_HAIR = [0.25, 0.5] as const;
/** Share of the window that must be background for anything to be said about it. */
const MIN_KNOWN = 0.06;

/** `yuv`: square planes 0..255; `matte` 0..1. Returns the matte with the stray hair added. */
export function addStrayHair(yuv: readonly [Plane, Plane, Plane], matte: Plane, size: number): Plane {
  const half = size / 2;
  const person = halve(matte, size);
  const presence = above(person, 0.04);
  const around = (reach: number) => boxBlur(presence, half, half, Math.max(2, Math.round(reach * half)));
  const near = around(REACH);
  const clear = around(CLEARANCE);
  for (let i = 0; i < clear.length; i++) clear[i] = clear[i] < 1e-4 ? 1 : 0;
  const planes = yuv.map((plane) => halve(plane, size));
  const window = (plane: Plane, result?: Plane) =>
    boxBlur(plane, half, half, Math.round((WINDOW * half) / 2), result);
  // What stands out may be a curl itself: the background is learnt again without it.
  const first = learn(planes[0], clear, window(clear), window);
  const known = clear;
  for (let i = 0; i < known.length; i++) {
    if (Math.abs(planes[0][i] - first.mean[i]) > OUTLIER_DEVIATIONS * first.spread[i] + 1) known[i] = 0;
  }
  const weight = window(known);
  const found = new Float32Array(half * half);
  // Nothing can be said of the others.
  const isJudged = new Uint8Array(half * half);
  planes.forEach((plane, channel) => {
    const { mean, spread } = learn(plane, known, weight, window);
    for (let i = 0; i < found.length; i++) {
      if (channel === 0) {
        isJudged[i] = weight[i] < MIN_KNOWN || near[i] < 1e-4 || spread[i] > EVEN_DEVIATION ? 0 : 1;
      }
      if (!isJudged[i]) continue;
      const away = Math.abs(plane[i] - mean[i]);
      const doubtful = DOUBTFUL.deviations * spread[i] + DOUBTFUL.levels;
      if (away <= doubtful) continue;
      const certain = CERTAIN.deviations * spread[i] + CERTAIN.levels;
      found[i] = Math.max(found[i], smoothstep(doubtful, certain, away));
    }
  });
  const added = resizeSquare(closeGaps(found, person, half), half, size);
  for (let i = 0; i < added.length; i++) added[i] = Math.max(added[i], matte[i]);
  return added;
}

/**
 * Curls lie close together. What shines through between them is hair to a viewer: left to the background it would be
 * filled in, and holes would open in the hair. `person`: the matte; all of `size` a side.
 */
function closeGaps(found: Plane, person: Plane, size: number): Plane {
  const beside = new Float32Array(found.length);
  const both = new Float32Array(found.length);
  for (let i = 0; i < found.length; i++) {
    beside[i] = found[i] * (1 - person[i]);
    both[i] = Math.max(found[i], person[i]);
  }
  const share = (plane: Plane) => boxBlur(plane, size, size, Math.round(GAP * size), plane);
  const [curls, hair] = [share(beside), share(both)];
  const closed = found.slice();
  for (let i = 0; i < closed.length; i++) {
    const amongCurls = smoothstep(AMONG_CURLS[0], AMONG_CURLS[1], curls[i]);
    if (amongCurls === 0) continue;
    closed[i] = Math.max(found[i], amongCurls * smoothstep(IN_HAIR[0], IN_HAIR[1], hair[i]));
  }
  return closed;
}

/** Mean and standard deviation of the known part of each place's window; `weight`: its share of the window. */
function learn(plane: Plane, known: Plane, weight: Plane, window: (plane: Plane, result: Plane) => Plane) {
  const mean = multiply(plane, known);
  const spread = multiply(plane, mean);
  window(mean, mean);
  window(spread, spread);
  for (let i = 0; i < plane.length; i++) {
    const share = Math.max(1e-6, weight[i]);
    mean[i] /= share;
    spread[i] = Math.sqrt(Math.max(0, spread[i] / share - mean[i] * mean[i]));
  }
  return { mean, spread };
}
