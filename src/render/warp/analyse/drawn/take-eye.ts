/** Takes a drawn eye apart into what moves each by itself: lash line, iris, highlights, and the skin behind. */
import type { Yuv } from '../../../../image/colour.ts';
import {
  boxBlur,
  type ColourPlanes,
  clamp,
  interleave,
  type Plane,
  smoothstep,
  toBytes,
} from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import type { DrawnEyeRig } from '../../drawn/drawing.ts';
import { coveringEye } from './covering-eye.ts';
import type { LinesOfEye } from './drawn-lines.ts';
import { fitLids } from './fit-lids.ts';
import { heightsAlong } from './heights.ts';
import { outlineAround } from './outline-around.ts';
import {
  bareSkin,
  type CutOut,
  cleanSkin,
  cutPatch,
  grown,
  layer,
  median,
  medianColour,
  planeOf,
  skinLikeness,
} from './patch.ts';
import { fromIris, takeIris, whiteBelow } from './take-iris.ts';

/** Around the eye, in its widths; above and below in its heights. */
const BESIDE = 0.42;
const ABOVE = 0.45;
const BELOW = 0.35;
/** Lashes stand out by so much of the eye's width beyond the corners, and of its height above their line. */
const WINGS = 0.28;
const TIPS = 0.07;
/** Ink from here on; what is connected by less is another line. */
const INK = [0.12, 0.7] as const;
const CONNECTED = 0.3;
/** The lower line reaches so far below the opening, in its heights. */
const LOWER_LINE = 0.12;
/** What surrounds an eye and goes with it, its outline, reaches so far beyond it, in its heights. */
const RIM = 0.05;
/** And it is so thick, in eye widths. */
const OUTLINE = 0.16;
/** The found opening may end so far before the eye's own, in its widths. */
const UNSURE = 0.08;
/** The line of a shut eye is so thick at least, in eye widths. */
const LEAST_LINE = 0.035;
/** It is darker than skin by so many levels; else there is none, and its ink is the mouth's. */
const LEAST_INK = 60;
/** Of a lash line that is there so much is. */
const WHOLE_LINE = 0.7;
/** An eye around which less than this share is skin lies behind something. */
const LEAST_SKIN = 0.15;

/** `along`: unit vector of the line between the eyes; `skin`: of the face. Undefined for an eye behind hair. */
export function takeDrawnEye(
  view: ColourPlanes,
  eye: LinesOfEye,
  along: Point,
  skin: Yuv,
): (Omit<DrawnEyeRig, 'ink'> & { ink?: Yuv }) | undefined {
  const patch = cutAround(view, eye, along);
  const { size, planes, toPatch } = patch;
  const corners = [eye.outerCorner, eye.innerCorner].map(toPatch).sort((a, b) => a[0] - b[0]);
  const [left, right] = corners;
  const line = (points: readonly Point[]) => heightsAlong([left, ...points.map(toPatch), right], size);
  const likeness = skinLikeness(patch, skin);
  const found = { upper: line(eye.upperLid), lower: line(eye.lowerLid), top: line(eye.lashTop) };
  const { upper, lower, top } = fitLids({ luma: planes[0], likeness, size }, found, left[0], right[0]);
  const height = Math.max(1, ...upper.map((value, i) => lower[i] - value));
  const width = right[0] - left[0];
  const place = (i: number): [number, number] => [(i % size) + 0.5, Math.floor(i / size) + 0.5];
  const within = (x: number) => x > left[0] && x < right[0];
  const opening = planeOf(size, (i) => {
    const [x, y] = place(i);
    const k = Math.floor(x);
    return within(x) ? clamp(y - upper[k] + 0.5, 0, 1) * clamp(lower[k] - y + 0.5, 0, 1) : 0;
  });
  const lashRoom = planeOf(size, (i) => {
    const [x, y] = place(i);
    const k = Math.floor(x);
    const beyond = Math.max(left[0] - x, x - right[0]) / width;
    if (beyond > WINGS) return 0;
    const room = TIPS * height + 1;
    if (beyond > 0) return Math.abs(y - upper[k]) < 3 * room ? 1 : 0;
    return y > top[k] - room && y < upper[k] + 0.5 ? 1 : 0;
  });
  const zone = grown(
    opening.map((value, i) => Math.max(value > 0 ? 1 : 0, lashRoom[i])),
    size,
    2,
  );
  // Whites that were not found may be as light as skin.
  const near = grown(zone, size, UNSURE * width);
  const bare = bareSkin(
    patch,
    cleanSkin(patch, likeness).map((value, i) => (near[i] ? 0 : value)),
    skin,
  );
  const ring = grown(zone, size, 3).map((value, i) => value * (1 - zone[i]));
  const bareAround = ring.reduce((sum, value, i) => sum + value * Number(likeness[i] > 0.5), 0);
  if (bareAround < LEAST_SKIN * ring.reduce((sum, value) => sum + value, 0)) return undefined;
  const away = fromIris(patch, eye);
  const onIris = away.map((value) => (value < 1 ? 1 : 0));
  const before = coveringEye(patch, { opening, lashRoom, zone, likeness, iris: onIris });
  if (!before) return undefined;
  const lash = inkOf(patch, bare[0], (i) => {
    const [x, y] = place(i);
    return lashRoom[i] * clamp(upper[Math.floor(x)] - y + 0.5, 0, 1) * (1 - before[i]);
  });
  const rim = RIM * height + 1;
  const reach = OUTLINE * width;
  // Hair that was not seen to lie before the eye goes on beyond.
  const outline = outlineAround(opening, { likeness, before, within: grown(zone, size, reach), size, reach });
  const withRim = (plane: Plane) => boxBlur(grown(plane, size, rim), size, size, 1);
  const eyeItself = opening.map((value, i) => {
    const below = place(i)[1] - lower[i % size];
    const isLower = within(place(i)[0]) && below > -1 && below < LOWER_LINE * height;
    return value > 0 || isLower || lash.coverage[i] > 0.08 ? 1 : 0;
  });
  const around = withRim(eyeItself.map((value, i) => Math.max(value, outline[i])));
  const belowLower = (i: number) => clamp(lower[Math.floor(place(i)[0])] - place(i)[1] + 0.5, 0, 1);
  const iris = takeIris(patch, eye, away, { opening, before });
  return {
    origin: patch.origin,
    step: patch.step,
    size,
    lines: { upper: [...upper], lower: [...lower], left: left[0], right: right[0] },
    skin: interleave(bare),
    carried: toBytes(
      withRim(eyeItself).map((value, i) => value * (within(place(i)[0]) ? belowLower(i) : 1)),
      255,
    ),
    around: toBytes(around, 255),
    line: lineOf(lash.coverage),
    ink: skin[0] - lash.ink[0] > LEAST_INK ? lash.ink : undefined,
    lash: layer(lash.colours, lash.coverage),
    irisColours: iris.colours,
    highlights: iris.highlights,
    before: toBytes(before, 255),
    white: whiteBelow(patch, away, { opening, before, upper, height }),
  };

  /** Drawn as the eye shuts where the lash line is too thin to be seen, or as thick as its rest where a part of it is missing. */
  function lineOf(coverage: Plane): number {
    const columns = new Float32Array(Math.ceil(width));
    coverage.forEach((value, i) => {
      const column = Math.floor(place(i)[0] - left[0]);
      if (column >= 0 && column < columns.length) columns[column] += value;
    });
    const least = LEAST_LINE * width;
    const there = columns.filter((thickness) => thickness > 0.5 * least);
    if (there.length < WHOLE_LINE * columns.length)
      return Math.max(least, Math.min(2 * least, median([...there])));
    return Math.max(0, least - columns.reduce((sum, thickness) => sum + thickness, 0) / width);
  }

  function inkOf(
    { planes: [luma, u, v] }: CutOut,
    ground: Plane,
    room: (i: number) => number,
  ): { colours: Plane[]; coverage: Plane; ink: Yuv } {
    const rooms = planeOf(size, room);
    const darkest = [...rooms.keys()].filter((i) => rooms[i] > 0.5).sort((a, b) => luma[a] - luma[b]);
    const ink = darkest.slice(0, Math.max(1, Math.floor(0.35 * darkest.length)));
    const colour = medianColour([luma, u, v], ink);
    const inked = luma.map((value, i) =>
      rooms[i] > 0 ? smoothstep(...INK, (ground[i] - value) / Math.max(12, ground[i] - colour[0])) : 0,
    );
    const coverage = connected(inked, size).map((value, i) => value * rooms[i]);
    const colours = [luma, u, v].map((channel, c) =>
      channel.map((value, i) => (coverage[i] > 0.85 ? value : colour[c])),
    );
    return { colours, coverage, ink: colour };
  }
}

function cutAround(view: ColourPlanes, eye: LinesOfEye, along: Point): CutOut {
  const points = [eye.outerCorner, eye.innerCorner, ...eye.lashTop, ...eye.lowerLid];
  const across = points.map(([x, y]) => x * along[0] + y * along[1]);
  const down = points.map(([x, y]) => y * along[0] - x * along[1]);
  const [left, right, top, bottom] = [
    Math.min(...across),
    Math.max(...across),
    Math.min(...down),
    Math.max(...down),
  ];
  const [width, height] = [right - left, bottom - top];
  const back = (x: number, y: number): Point => [x * along[0] - y * along[1], x * along[1] + y * along[0]];
  return cutPatch(view, along, [
    back(left - BESIDE * width, top - ABOVE * height),
    back(right + BESIDE * width, bottom + BELOW * height),
  ]);
}

/** What of a plane hangs together with its largest part. */
function connected(values: Plane, size: number): Plane {
  const part = new Int32Array(values.length);
  let [largest, most, count] = [0, 0, 0];
  for (let first = 0; first < values.length; first++) {
    if (part[first] || values[first] < CONNECTED) continue;
    const stack = [first];
    part[first] = ++count;
    let sum = 0;
    while (stack.length > 0) {
      const i = stack.pop()!;
      sum += values[i];
      for (const next of [i - 1, i + 1, i - size, i + size]) {
        if (next < 0 || next >= values.length || part[next] || values[next] < CONNECTED) continue;
        part[next] = count;
        stack.push(next);
      }
    }
    if (sum > most) [largest, most] = [count, sum];
  }
  // Soft edges belong to what they lie beside.
  return values.map((value, i) => {
    const beside = [i, i - 1, i + 1, i - size, i + size].some((k) => part[k] === largest);
    return most > 0 && beside ? value : 0;
  });
}
