/** Measures a drawn mouth: its line, its colours, its flat lips, and the skin without it. */
import type { Yuv } from '../../../../image/colour.ts';
import { boxBlur, type ColourPlanes, clamp, type Plane } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import type { DrawnMouthRig } from '../../drawn/drawing.ts';
import type { DrawnLines } from './drawn-lines.ts';
import { heightsAlong } from './heights.ts';
import {
  bareSkin,
  type CutOut,
  cleanSkin,
  cutPatch,
  grown,
  layer,
  median,
  medianColour,
  SHADED_LIGHT,
  skinLikeness,
} from './patch.ts';

/** Of the patch around the middle, in eye distances. */
const BESIDE = 0.62;
const ABOVE = 0.32;
const BELOW = 0.52;
/** What belongs to the mouth lies so far around its line, in half widths, and at least in eye distances. */
const AROUND = { beside: 0.3, upright: 0.75 } as const;
const LEAST_AROUND = 0.05;
/** Lines are soft over so much, and the chin's is so thick, in eye distances. */
const SOFT = 0.02;
const CHIN_LINE = 0.035;
/** What hangs together with it reaches no farther, in eye distances. */
const REACH = { beside: 0.16, above: 0.1, below: 0.28 } as const;
/** Open mouths are so wide by half, in eye distances. */
const USUAL_HALF = [0.17, 0.3] as const;
/** Lines are so thick, in eye distances. */
const LINE = [0.014, 0.045] as const;
const OPEN = 0.5;
/** Lips are told from skin by so much of its colour (levels), and are no line: they have so much of its light. */
const LIP_TINT = 9;
const LIP_LIGHT = 0.5;
/** Thinner ones are the line itself; thicker ones are something else: half widths. */
const LIP_RANGE = [0.1, 0.45] as const;
/** And as thick on both sides of the middle: they differ by less than this share. */
const LIPS_EVEN = 0.4;
/** Teeth have so much of the skin's light, and so much more of it than the inside. */
const TEETH_LIGHT = 0.92;
const TEETH_SHARE = 0.06;

/** `along`: unit vector of the line between the eyes; `skin`: of the face; `eyeDistance` and `faceLine` in view fractions. */
export function takeDrawnMouth(
  view: ColourPlanes,
  mouth: DrawnLines['mouth'],
  along: Point,
  skin: Yuv,
  { eyeDistance, faceLine }: { eyeDistance: number; faceLine: readonly Point[] },
): DrawnMouthRig {
  const middleOf: Point = [
    0.5 * (mouth.rightCorner[0] + mouth.leftCorner[0]),
    0.5 * (mouth.rightCorner[1] + mouth.leftCorner[1]),
  ];
  const corner = (x: number, y: number): Point => [
    middleOf[0] + eyeDistance * (x * along[0] - y * along[1]),
    middleOf[1] + eyeDistance * (x * along[1] + y * along[0]),
  ];
  const patch = cutPatch(view, along, [corner(-BESIDE, -ABOVE), corner(BESIDE, BELOW)]);
  const { size, toPatch, step } = patch;
  const unit = eyeDistance / Math.hypot(...step);
  const ends = [mouth.rightCorner, mouth.leftCorner].map(toPatch).sort((a, b) => a[0] - b[0]);
  const row = (points: readonly Point[]) => heightsAlong([ends[0], ...points.map(toPatch), ends[1]], size);
  const [upper, lower] = [row(mouth.upper), row(mouth.lower)];
  const half = Math.max(2, 0.5 * (ends[1][0] - ends[0][0]));
  const middle: [number, number] = [0.5 * (ends[0][0] + ends[1][0]), 0.5 * (ends[0][1] + ends[1][1])];
  const open = mouth.open > OPEN;
  const likeness = skinLikeness(patch, skin);
  // Shades are skin, and what lies beyond the face is another's.
  const shaded = skinLikeness(patch, skin, SHADED_LIGHT);
  const lowest = chinHeights(faceLine.map(toPatch), size).map((height) => height - CHIN_LINE * unit);
  const around = Math.max(AROUND.upright * half, LEAST_AROUND * unit);
  const beside = AROUND.beside * half + LEAST_AROUND * unit;
  const isMouth = new Float32Array(size * size);
  for (let i = 0; i < isMouth.length; i++) {
    const [x, y] = [(i % size) + 0.5, Math.floor(i / size) + 0.5];
    const out = Math.max(ends[0][0] - x, x - ends[1][0]);
    const k = i % size;
    const away = Math.max(upper[k] - y, y - lower[k]);
    if (y > lowest[k]) continue;
    if (out < beside && away < around * (out > 0 ? 0.5 : 1) && shaded[i] < 0.85) isMouth[i] = 1;
    if (out < 0 && away < 1) isMouth[i] = 1;
  }
  // And whatever hangs together with it.
  const stack = [...isMouth.keys()].filter((i) => isMouth[i] > 0);
  while (stack.length > 0) {
    const i = stack.pop()!;
    for (const next of [i - 1, i + 1, i - size, i + size]) {
      if (isMouth[next] !== 0 || shaded[next] > 0.6 || Math.floor(next / size) > lowest[next % size])
        continue;
      const [x, y] = [(next % size) - middle[0], Math.floor(next / size) - middle[1]];
      if (Math.abs(x) > half + REACH.beside * unit) continue;
      if (y < -REACH.above * unit || y > REACH.below * unit) continue;
      isMouth[next] = 1;
      stack.push(next);
    }
  }
  const soft = Math.max(2, SOFT * unit);
  const erased = boxBlur(grown(isMouth, size, soft), size, size, 1).map(
    (value, i) => value * clamp(lowest[i % size] - Math.floor(i / size) + 1, 0, 1),
  );
  const clear = grown(isMouth, size, soft + 1);
  const bare = bareSkin(
    patch,
    cleanSkin(patch, likeness).map((value, i) => (clear[i] ? 0 : value)),
    skin,
  );
  const stroke = measureLine(patch, bare[0], { ends, upper, lower, open, unit });
  const lips = open ? undefined : flatLips(patch, bare, { middle, half, upper, stroke: stroke.width });
  const inside = open ? darkInside(patch, { ends, upper, lower }) : undefined;
  const [insideColour, tongue] = insideOf(skin, stroke.colour, inside?.colour);
  return {
    origin: patch.origin,
    step,
    size,
    skin: layer(bare, erased),
    middle,
    half,
    bend: clamp((upper[Math.floor(middle[0])] - middle[1]) / half, -0.5, 0.5),
    open,
    usual: clamp(half, USUAL_HALF[0] * unit, USUAL_HALF[1] * unit) / half,
    line: stroke.colour,
    lineWidth: stroke.width / half,
    inside: insideColour,
    tongue,
    teeth: inside?.teeth,
    lips,
  };
}

/** Of the face's line below, for each column; there is none beside it. `line`: texels, from one side over the chin to the other. */
function chinHeights(line: readonly (readonly number[])[], size: number): Float32Array {
  if (line.length === 0) return new Float32Array(size).fill(size);
  const below = line.slice(2, -2);
  const xs = below.map(([x]) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  return heightsAlong(below, size).map((height, x) => (x < first || x > last ? size : height));
}

interface Rims {
  ends: readonly (readonly [number, number])[];
  upper: Float32Array;
  lower: Float32Array;
}

/** Colour of the mouth's line, and how thick it is, in texels. */
function measureLine(
  { planes, size }: CutOut,
  bare: Plane,
  { ends, upper, open, unit }: Rims & { open: boolean; unit: number },
): { colour: Yuv; width: number } {
  const widths: number[] = [];
  const darkest: number[] = [];
  const reach = Math.max(3, Math.round(0.08 * unit));
  for (let x = Math.ceil(ends[0][0]); x < ends[1][0]; x++) {
    const middle = Math.floor(upper[x]);
    let [at, depth] = [-1, 0];
    for (let y = Math.max(0, middle - reach); y <= Math.min(size - 1, middle + reach); y++) {
      const i = y * size + x;
      if (bare[i] - planes[0][i] > depth) [at, depth] = [i, bare[i] - planes[0][i]];
    }
    if (at < 0 || depth < 12) continue;
    darkest.push(at);
    let covered = 0;
    for (let y = Math.max(0, middle - 2 * reach); y <= Math.min(size - 1, middle + 2 * reach); y++) {
      const i = y * size + x;
      if (Math.abs(y - Math.floor(at / size)) <= reach && bare[i] - planes[0][i] > 0.55 * depth) covered++;
    }
    widths.push(covered);
  }
  const usual = clamp(open ? LINE[0] * 1.6 * unit : median(widths), LINE[0] * unit, LINE[1] * unit);
  if (darkest.length === 0) return { colour: [60, 124, 140], width: usual };
  const byLight = darkest.toSorted((a, b) => planes[0][a] - planes[0][b]);
  const inked = byLight.slice(0, Math.max(1, byLight.length >> 1));
  return {
    colour: medianColour(planes, inked),
    width: usual,
  };
}

/** Lips that are flat areas of their own colour beside the line, measured in the middle of the mouth. */
function flatLips(
  { planes, size }: CutOut,
  bare: readonly Plane[],
  {
    middle,
    half,
    upper,
    stroke,
  }: { middle: readonly number[]; half: number; upper: Float32Array; stroke: number },
): DrawnMouthRig['lips'] {
  const texels: number[] = [];
  const thickness = (direction: 1 | -1) => {
    const runs: number[] = [];
    for (let x = Math.floor(middle[0] - 0.35 * half); x <= middle[0] + 0.35 * half; x++) {
      let [run, gap] = [0, 0];
      for (let k = Math.ceil(0.5 * stroke); k < LIP_RANGE[1] * half * 1.3; k++) {
        const y = Math.floor(upper[x] + direction * k);
        const i = y * size + x;
        if (y < 0 || y >= size) break;
        const isLip =
          Math.hypot(planes[1][i] - bare[1][i], planes[2][i] - bare[2][i]) > LIP_TINT &&
          planes[0][i] - 16 > LIP_LIGHT * (bare[0][i] - 16);
        if (isLip) {
          run = k;
          texels.push(i);
          gap = 0;
        } else if (++gap > stroke + 1) break;
      }
      runs.push(run);
    }
    const sorted = runs.toSorted((a, b) => a - b);
    const [low, high] = [0.2, 0.8].map((q) => sorted[Math.floor(q * (sorted.length - 1))]);
    const found = median(runs) / half;
    const even = high - low < LIPS_EVEN * Math.max(2, half * found);
    return even && found > LIP_RANGE[0] && found < LIP_RANGE[1] ? found : 0;
  };
  const [above, below] = [thickness(-1), thickness(1)];
  if (above === 0 && below === 0) return undefined;
  const colour = medianColour(planes, texels);
  return { colour, above, below };
}

/** What an open mouth shows: its most usual dark colour, and teeth if there are any. */
function darkInside(
  { planes, size }: CutOut,
  { ends, upper, lower }: Rims,
): { colour: Yuv; teeth?: Yuv } | undefined {
  const texels: number[] = [];
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [i % size, Math.floor(i / size) + 0.5];
    if (x > ends[0][0] && x < ends[1][0] && y > upper[x] + 1.5 && y < lower[x] - 1.5) texels.push(i);
  }
  if (texels.length < 6) return undefined;
  const [luma, u, v] = planes;
  const isWhite = (i: number) => luma[i] > 16 + TEETH_LIGHT * 190 && Math.hypot(u[i] - 128, v[i] - 128) < 14;
  const white = texels.filter(isWhite);
  const flesh = texels.filter((i) => !isWhite(i)).sort((a, b) => luma[a] - luma[b]);
  if (flesh.length < 4) return undefined;
  return {
    colour: medianColour(planes, flesh.slice(0, Math.max(4, flesh.length >> 1))),
    teeth: white.length > TEETH_SHARE * texels.length ? medianColour(planes, white) : undefined,
  };
}

/** Dark red of the drawing's own hue: between its line and its blood, which colours cheeks and lips. */
function insideOf(skin: Yuv, line: Yuv, own: Yuv | undefined): [inside: Yuv, tongue: Yuv] {
  const blood: Yuv = [
    16 + 0.52 * (skin[0] - 16),
    clamp(128 + 0.9 * (skin[1] - 128) - 4, 104, 132),
    clamp(128 + 2.2 * Math.max(6, skin[2] - 128), 140, 182),
  ];
  const mix = (a: Yuv, b: Yuv, t: number): Yuv => [
    a[0] + t * (b[0] - a[0]),
    a[1] + t * (b[1] - a[1]),
    a[2] + t * (b[2] - a[2]),
  ];
  const inside = own ?? mix(line, blood, 0.5);
  const tongue: Yuv = [
    Math.min(inside[0] + 0.35 * Math.max(30, skin[0] - inside[0]), 0.9 * skin[0]),
    0.5 * (inside[1] + blood[1]),
    Math.max(inside[2], 0.5 * (inside[2] + blood[2] + 6)),
  ];
  return [inside, tongue];
}
