/**
 * An iris as it is without lids and lights: what the portrait shows of it clear of the lids' shade, else what the rest of
 * its ring has. Catchlights are a layer of their own, since they stay where the light is as the eye turns.
 */
import { boxBlur, clamp, interleave, type Plane, smoothstep } from '../../../../image/planes.ts';
import { irisShadeAt, SHADE_STEP, SHADE_STEPS } from '../../eyes/iris-shade.ts';
import type { EyePatch, IrisCircle } from './iris-fit.ts';

/** Lids and lashes shade the iris up to so far from their edges, in eye widths. */
const CLEAR_OF_LIDS = [0.05, 0.13] as const;
/** With that shade taken off, it shows up to so near. */
const CLEAR_OF_LASHES = [0.03, 0.08] as const;
/** What is darker is a lash. */
const DEEPEST_SHADE = 0.4;
const UNSHADED = 1;
/** Of what shows of a ring, in order of light, these shares tell its colour: neither lashes nor lights. */
const RING_SHARES = [0.15, 0.5] as const;
/** Fewer texels tell nothing of a ring. */
const LEAST_TEXELS = 4;
/** Catchlights are brighter than their ring by such shares of the white's light. */
const CATCHLIGHT = [0.22, 0.45] as const;
/** In radii: from here on the white may be what is bright. */
const RIM = [0.8, 0.95] as const;
/** A larger share of the iris is no catchlight. */
const LARGEST_CATCHLIGHT = 0.35;

export interface IrisLayers {
  /** Planes Y, U, V `[size²]`. */
  iris: Plane[];
  /** How much each texel is a catchlight, 0..1, `[size²]`; its colour is the portrait's. */
  catchlight: Plane;
  /** How surely the portrait shows each texel, 0..1, `[size²]`. */
  shown: Plane;
  /** Of the upper lid: see iris-shade.ts. */
  shade: number[];
}

/** `white`: luma of the eyeball without its iris, `[size²]`. */
export function takeIris(patch: EyePatch, circle: IrisCircle, white: Plane): IrisLayers {
  const { planes, inside, size, width, extent } = patch;
  const perWidth = (width / extent) * size;
  const away = inside.map((_, i) =>
    Math.hypot((i % size) + 0.5 - circle.x, Math.floor(i / size) + 0.5 - circle.y),
  );
  const clear = inside.map((distance) => smoothstep(...CLEAR_OF_LIDS, distance / perWidth));
  // Of an eye that is nearly shut, the middle has to do.
  const clearest = clear.reduce(
    (most, value, i) => (away[i] < circle.radius ? Math.max(most, value) : most),
    0,
  );
  const lit = clear.map((value) => (clearest > 0 ? value / clearest : 0));
  const ring = ringColours(planes, away, lit, circle.radius);
  const below = inside.map((distance, i) => (isAbove(patch, circle, i) ? distance / perWidth : UNSHADED));
  const shares = planes[0].map((value, i) => (value - 16) / Math.max(1, ring[0](away[i]) - 16));
  const shade = measureShade(shares, below, (i) => inside[i] > 0 && away[i] < 0.9 * circle.radius);
  const luma = planes[0].map((value, i) => 16 + (value - 16) / irisShadeAt(shade, below[i]));
  const shown = lit.map((value, i) => Math.max(value, smoothstep(...CLEAR_OF_LASHES, inside[i] / perWidth)));
  const catchlight = findCatchlight(patch, { luma, away, white, shown, ring }, circle.radius);
  const iris = [luma, planes[1], planes[2]].map((plane, c) =>
    plane.map((value, i) => {
      const own = shown[i] * (1 - catchlight[i]);
      return own * value + (1 - own) * ring[c](away[i]);
    }),
  );
  return { iris, catchlight, shown, shade };
}

/** Whether a texel lies on the upper lid's side of the iris's centre: heads are tilted, and eyes in them. */
export function isAbove({ size, upperLid }: EyePatch, { x, y }: IrisCircle, texel: number): boolean {
  const [first, last] = [upperLid[0], upperLid[upperLid.length - 1]];
  const tilt = (last[1] - first[1]) / (last[0] - first[0] || 1);
  return Math.floor(texel / size) + 0.5 - y < tilt * ((texel % size) + 0.5 - x);
}

/**
 * `shares`: of each texel's light against its ring's; `below`: eye widths below the upper lid. A lid's shade grows no
 * deeper farther down.
 */
function measureShade(shares: Plane, below: Plane, shows: (texel: number) => boolean): number[] {
  const steps: number[][] = Array.from({ length: SHADE_STEPS }, () => []);
  below.forEach((distance, i) => {
    if (shows(i)) steps[Math.floor(distance / SHADE_STEP)]?.push(shares[i]);
  });
  const shade = new Array<number>(SHADE_STEPS);
  for (let step = SHADE_STEPS - 1, least = 1; step >= 0; step--) {
    const values = steps[step].sort((a, b) => a - b);
    if (values.length >= LEAST_TEXELS) least = clamp(values[values.length >> 1], DEEPEST_SHADE, least);
    shade[step] = least;
  }
  return shade;
}

type RingColours = ((away: number) => number)[];

/** The colour of the iris by texels from its centre, Y, U, V. */
function ringColours(planes: readonly Plane[], away: Plane, shown: Plane, radius: number): RingColours {
  const rings: number[][] = Array.from({ length: Math.ceil(1.3 * radius) + 2 }, () => []);
  away.forEach((distance, i) => {
    if (shown[i] > 0.5) rings[Math.floor(distance)]?.push(i);
  });
  const known = rings.map((texels) => {
    if (texels.length < LEAST_TEXELS) return undefined;
    const [from, to] = RING_SHARES.map((share) => Math.floor(share * texels.length));
    const middle = texels.sort((a, b) => planes[0][a] - planes[0][b]).slice(from, Math.max(from + 1, to));
    return planes.map((plane) => middle.reduce((sum, i) => sum + plane[i], 0) / middle.length);
  });
  const colours = known.map((_, k) => nearest(known, k) ?? planes.map((plane) => mean(plane)));
  return planes.map((_, c) => {
    const values = colours.map(
      (_, k) => 0.5 * colours[k][c] + 0.25 * (at(colours, k - 1)[c] + at(colours, k + 1)[c]),
    );
    return (distance) => {
      const place = clamp(distance - 0.5, 0, values.length - 1);
      const k = Math.min(values.length - 2, Math.floor(place));
      return values[k] + (place - k) * (values[k + 1] - values[k]);
    };
  });
}

function at<T>(values: readonly T[], k: number): T {
  return values[clamp(k, 0, values.length - 1)];
}

/** Of a ring that nothing shows, the next one's, rather from within. */
function nearest<T>(values: readonly (T | undefined)[], k: number): T | undefined {
  for (let d = 0; d < values.length; d++) {
    const value = values[k - d] ?? values[k + d];
    if (value !== undefined) return value;
  }
  return undefined;
}

function mean(plane: Plane): number {
  return plane.reduce((sum, value) => sum + value, 0) / plane.length;
}

function findCatchlight(
  { inside, size }: EyePatch,
  {
    luma,
    away,
    white,
    shown,
    ring,
  }: Record<'luma' | 'away' | 'white' | 'shown', Plane> & { ring: RingColours },
  radius: number,
): Plane {
  let total = 0;
  const bright = luma.map((value, i) => {
    if (away[i] > radius || inside[i] < 1) return 0;
    const excess = (value - ring[0](away[i])) / Math.max(1, white[i] - 16);
    const light = smoothstep(...CATCHLIGHT, excess) * (1 - smoothstep(...RIM, away[i] / radius));
    total += light * Number(shown[i] > 0);
    return light;
  });
  if (total > LARGEST_CATCHLIGHT * Math.PI * radius ** 2) return new Float32Array(luma.length);
  // With the soft edge around it.
  return boxBlur(bright, size, size, 1).map((value) => Math.min(1, 2 * value));
}

/**
 * Light falls into both eyes alike: a catchlight that a lid hides in one of them is where the other one has it. Returns
 * a patch `[size²·4]` of colours and coverage, Y, U, V, A, for each eye.
 */
export function catchlightsOfBoth(
  patches: readonly EyePatch[],
  circles: readonly IrisCircle[],
  layers: readonly IrisLayers[],
): Uint8Array[] {
  return patches.map((patch, which) => {
    const { planes, size } = patch;
    const { catchlight, shown } = layers[which];
    const other = 1 - which;
    const result = interleave([...planes, catchlight.map((value) => 255 * value)]);
    const scale = circles[other].radius / circles[which].radius;
    for (let i = 0; i < size * size; i++) {
      const hidden = 1 - shown[i];
      if (hidden === 0) continue;
      const column = Math.floor(circles[other].x + scale * ((i % size) + 0.5 - circles[which].x));
      const row = Math.floor(circles[other].y + scale * (Math.floor(i / size) + 0.5 - circles[which].y));
      if (Math.min(column, row) < 0 || Math.max(column, row) >= patches[other].size) continue;
      const k = row * patches[other].size + column;
      const alpha = hidden * layers[other].catchlight[k] * layers[other].shown[k];
      if (alpha <= catchlight[i]) continue;
      for (let c = 0; c < 3; c++) result[4 * i + c] = patches[other].planes[c][k];
      result[4 * i + 3] = 255 * alpha;
    }
    return result;
  });
}
