/** A drawn iris without lids and highlights, these, and the white around it. */
import type { Yuv } from '../../../../image/colour.ts';
import { clamp, type Plane, smoothstep } from '../../../../image/planes.ts';
import type { LinesOfEye } from './drawn-lines.ts';
import { type CutOut, filledFrom, grown, layer, medianColour, planeOf } from './patch.ts';

/** In shares of the iris's radius: its outline is within; highlights are within. */
const OUTLINE = 1.05;
const CLEAR_OF_IRIS = 1.15;
const HIGHLIGHTS = 0.95;
/** Highlights are nearly as light as the brightest there is: from so much of its light on. Larger ones than this share of the iris are none. */
const HIGHLIGHT_LIGHT = [0.8, 0.9] as const;
const LARGEST_HIGHLIGHT = 0.4;
const WHITE_STEPS = 8;
/** Where less than this share of an eye is beside its iris, that is the iris's rim rather than white. */
const LEAST_WHITE = 0.08;
/** An iris of one colour, within so many levels, and no white is a dot, or a hole: all that its eye has. */
const ONE_COLOUR = 14;
/** A white that is nowhere seen. */
const UNSEEN_WHITE: Yuv = [222, 128, 128];

/** What shows of an eye: `opening` and what lies `before` it, 0..1 `[size²]`; the upper lid. */
export interface Shown {
  opening: Plane;
  before: Plane;
  upper: Float32Array;
}

export interface TakenIris {
  /** YUV and coverage `[size²·4]`. */
  colours: Uint8Array;
  highlights: Uint8Array;
}

/** How far each texel is from the iris's middle, in its radii. */
export function fromIris({ size, toPatch, step }: CutOut, eye: LinesOfEye): Plane {
  const [x, y] = toPatch(eye.iris.centre);
  const [across, upright] = radii(eye, step);
  return planeOf(size, (i) =>
    Math.hypot(((i % size) + 0.5 - x) / across, (Math.floor(i / size) + 0.5 - y) / upright),
  );
}

function radii({ iris }: LinesOfEye, step: readonly [number, number]): [number, number] {
  const texel = Math.hypot(...step);
  return [Math.max(1.5, (OUTLINE * iris.radiusX) / texel), Math.max(1.5, (OUTLINE * iris.radiusY) / texel)];
}

/** `away`: see fromIris. */
export function takeIris(
  { planes, size, step }: CutOut,
  eye: LinesOfEye,
  away: Plane,
  { opening, before }: Pick<Shown, 'opening' | 'before'>,
): TakenIris {
  const shown = away.map((value, i) => (value < 1 && opening[i] > 0.95 && before[i] < 0.1 ? 1 : 0));
  const lights = [...shown.keys()].filter((i) => shown[i] > 0).map((i) => planes[0][i]);
  const sorted = lights.toSorted((a, b) => a - b);
  const [brightest, usual] = [
    sorted[Math.floor(0.99 * sorted.length)] ?? 235,
    sorted[sorted.length >> 1] ?? 60,
  ];
  const share = (value: number) => (value - usual) / Math.max(20, brightest - usual);
  let bright = planes[0].map((value, i) =>
    shown[i] && away[i] < HIGHLIGHTS && brightest > 150 ? smoothstep(...HIGHLIGHT_LIGHT, share(value)) : 0,
  );
  if (bright.reduce((sum, value) => sum + value, 0) > LARGEST_HIGHLIGHT * lights.length) {
    bright = bright.map(() => 0);
  }
  const beside = grown(
    bright.map((value) => (value > 0.2 ? 1 : 0)),
    size,
    1,
  );
  const known = shown.map((value, i) => (beside[i] ? 0 : value));
  const filled = known.some((value) => value > 0) ? filledFrom(planes, known, size) : planes;
  const soft = Math.min(...radii(eye, step));
  return {
    colours: layer(
      filled,
      away.map((value) => clamp((1 - value) * soft + 0.5, 0, 1)),
    ),
    highlights: layer(
      planes,
      bright.map((value, i) => Math.max(value, beside[i] * smoothstep(0.3, 0.8, share(planes[0][i])))),
    ),
  };
}

/** The white by how far it lies under the upper lid: drawings shade it there. */
export function whiteBelow({ planes, size }: CutOut, away: Plane, found: Shown & { height: number }): Yuv[] {
  const { opening, before, upper, height } = found;
  const steps: number[][] = Array.from({ length: WHITE_STEPS }, () => []);
  const shown = new Array<number>(WHITE_STEPS).fill(0);
  for (let i = 0; i < opening.length; i++) {
    if (opening[i] < 0.99 || before[i] > 0.1) continue;
    const below = (Math.floor(i / size) + 0.5 - upper[i % size]) / height;
    if (below <= 0.06) continue;
    const step = clamp(Math.floor(below * WHITE_STEPS), 0, WHITE_STEPS - 1);
    shown[step]++;
    if (away[i] > CLEAR_OF_IRIS) steps[step].push(i);
  }
  const all = steps.flat().sort((a, b) => planes[0][a] - planes[0][b]);
  const light = (i: number | undefined) => (i === undefined ? 0 : planes[0][i]);
  const iris = [...opening.keys()]
    .filter((i) => away[i] < HIGHLIGHTS && opening[i] > 0.95 && before[i] < 0.1)
    .sort((a, b) => planes[0][a] - planes[0][b]);
  const least = light(all[Math.floor(0.4 * all.length)]) - 25;
  const isDot = light(iris[Math.floor(0.8 * iris.length)]) - light(iris[0]) < ONE_COLOUR;
  const byDepth = steps.map((texels, step) => {
    const white = texels.filter((i) => planes[0][i] >= least);
    if (white.length < Math.max(3, LEAST_WHITE * shown[step])) return undefined;
    return medianColour(planes, white);
  });
  return byDepth.map((white, k) => {
    for (let d = 0; d < WHITE_STEPS; d++) {
      const near = white ?? byDepth[k + d] ?? byDepth[k - d];
      if (near) return near;
    }
    return isDot && iris.length > 0 ? medianColour(planes, iris) : UNSEEN_WHITE;
  });
}
