/**
 * Curls and single hairs that the segmenter misses. Left in the background they would stand still beside a head
 * that moves; where they differ from an even background they are given to the person.
 */
import { boxBlur, halve, type Plane, resizeSquare, smoothstep } from '../../../../image/planes.ts';

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
  const presence = halve(matte, size).map((alpha) => (alpha > 0.04 ? 1 : 0));
  const around = (reach: number) => boxBlur(presence, half, half, Math.max(2, Math.round(reach * half)));
  const near = around(REACH);
  const clear = around(CLEARANCE).map((share) => (share < 1e-4 ? 1 : 0));
  const planes = yuv.map((plane) => halve(plane, size));
  const window = (plane: Plane) => boxBlur(plane, half, half, Math.round((WINDOW * half) / 2));
  // What stands out may be a curl itself: the background is learnt again without it.
  const first = learn(planes[0], clear, window);
  const known = clear.map((value, i) =>
    Math.abs(planes[0][i] - first.mean[i]) > OUTLIER_DEVIATIONS * first.spread[i] + 1 ? 0 : value,
  );
  const stray = new Float32Array(half * half);
  planes.forEach((plane, channel) => {
    const { weight, mean, spread } = learn(plane, known, window);
    for (let i = 0; i < stray.length; i++) {
      if (channel === 0 && (weight[i] < MIN_KNOWN || near[i] < 1e-4 || spread[i] > EVEN_DEVIATION)) {
        stray[i] = Number.NaN;
      }
      const away = Math.abs(plane[i] - mean[i]);
      const doubtful = DOUBTFUL.deviations * spread[i] + DOUBTFUL.levels;
      const certain = CERTAIN.deviations * spread[i] + CERTAIN.levels;
      // NaN stays: nothing can be said there.
      stray[i] = Math.max(stray[i], smoothstep(doubtful, certain, away));
    }
  });
  const found = stray.map((value) => (Number.isNaN(value) ? 0 : value));
  // Curls lie close together. What shines through between them is hair to a viewer: left to the background it would
  // be filled in, and holes would open in the hair.
  const person = halve(matte, size);
  const share = (plane: Plane) => boxBlur(plane, half, half, Math.round(GAP * half));
  const curls = share(found.map((value, i) => value * (1 - person[i])));
  const hair = share(found.map((value, i) => Math.max(value, person[i])));
  const closed = found.map((value, i) =>
    Math.max(value, smoothstep(...AMONG_CURLS, curls[i]) * smoothstep(...IN_HAIR, hair[i])),
  );
  const added = resizeSquare(closed, half, size);
  return matte.map((alpha, i) => Math.max(alpha, added[i]));
}

/** Mean and standard deviation of the known part of each place's window, and its share of the window. */
function learn(plane: Plane, known: Plane, window: (plane: Plane) => Plane) {
  const weight = window(known);
  const mean = window(plane.map((value, i) => value * known[i]));
  const spread = window(plane.map((value, i) => value * value * known[i]));
  for (let i = 0; i < plane.length; i++) {
    const share = Math.max(1e-6, weight[i]);
    mean[i] /= share;
    spread[i] = Math.sqrt(Math.max(0, spread[i] / share - mean[i] * mean[i]));
  }
  return { weight, mean, spread };
}
