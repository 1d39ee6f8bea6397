/**
 * A portrait that shows its teeth has them, here and there, where the face mesh has the lips; on an avatar that
 * shuts its mouth they would be seen as white spots. They are painted over with the lips' own colour.
 */
import { position } from '../../../../face/landmarks.ts';
import { LOWER_LIP_RINGS, MOUTH_CORNER, UPPER_LIP_RINGS } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp, cutSquare, type Plane } from '../../../../image/planes.ts';
import { isInside, type Point } from '../../../../image/polygon.ts';
import { pushPull } from '../../../../image/push-pull.ts';
import { nearestPixel } from '../../../../image/sample.ts';
import { skinColour } from '../skin-colour.ts';

/** Lips that are parted by less than this share of their width show no teeth. */
const MIN_OPENING = 0.05;
/** Teeth are brighter than the middle of the lips by more levels than this. */
export const TEETH_OVER_LIPS = 32;
/** They have lost this share of the lips' colour; where lips have none, only their brightness tells them. */
const TEETH_COLOUR_LOSS = 0.45;
const MIN_LIP_COLOUR = 8;
/** And so much of the skin's: beside painted lips the mesh has a seam of skin within them. */
const TEETH_OF_SKIN = 0.8;
/** The gaps beside and between teeth have less than this share of the lips' light; lips in the shade keep their colour. */
const GAP_LIGHT = 0.5;
const GAP_COLOUR_LOSS = 0.3;
/**
 * The dark of an open mouth goes on beyond the corners of the mesh, by so much of the lips' width: there all that is
 * darker than this share of lips and skin belongs to it.
 */
const BEYOND_CORNERS = 0.08;
const CORNER_LIGHT = 0.6;

interface Window {
  left: number;
  top: number;
  side: number;
}

/** Returns the picture's planes 0..255 with teeth and gaps beyond the inner lips painted over, or the same ones. */
export function paintTeethInLips({ size, channels }: ColourPlanes, landmarks: Float32Array): ColourPlanes {
  const at = (i: number): Point => [landmarks[3 * i] * size, landmarks[3 * i + 1] * size];
  const distance = (a: number, b: number) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  const same = { size, channels };
  if (distance(13, 14) < MIN_OPENING * distance(MOUTH_CORNER.right, MOUTH_CORNER.left)) return same;
  const colour = lipColour(same, landmarks);
  const outline = (ring: number) => [
    at(MOUTH_CORNER.right),
    ...UPPER_LIP_RINGS[ring].map(at),
    at(MOUTH_CORNER.left),
    ...[...LOWER_LIP_RINGS[ring]].reverse().map(at),
  ];
  const skin = skinColour(same, landmarks);
  const colourless = Math.hypot(colour[1] - 128, colour[2] - 128) < MIN_LIP_COLOUR;
  const [lips, mouth] = [outline(colourless ? 1 : 0), outline(3)];
  const window = windowAround(lips, size);
  if (!window) return same;
  const { left, top, side } = window;
  const patch = channels.map((plane) => cutSquare(plane, size, left, top, side));
  const covers = (polygon: readonly Point[]) =>
    Uint8Array.from({ length: side * side }, (_, i) =>
      isInside((i % side) + 0.5 + left, Math.floor(i / side) + 0.5 + top, polygon) ? 1 : 0,
    );
  const inLips = covers(lips);
  const beside = besideCorners(at(MOUTH_CORNER.right), at(MOUTH_CORNER.left), window);
  const around = inLips.map((inside, i) => inside | beside[i]);
  const between = colourless ? brighter(patch, colour) : notLips(patch, colour, skin);
  const dark = 16 + CORNER_LIGHT * (Math.min(colour[0], skin[0]) - 16);
  const passable = between.map((is, i) => (inLips[i] ? is : patch[0][i] < dark ? 1 : 0));
  const hidden = spread(covers(mouth), around, passable, side);
  const known = Float32Array.from(around, (inside, i) => (inside && !hidden[i] ? 1 : 0));
  if (!known.includes(1)) return same;
  const filled = pushPull(patch, known, side);
  const painted = channels.map((plane, c) => {
    const result = plane.slice();
    for (let i = 0; i < hidden.length; i++) {
      if (hidden[i]) result[(top + Math.floor(i / side)) * size + left + (i % side)] = filled[c][i];
    }
    return result;
  });
  return { size, channels: painted as [Plane, Plane, Plane] };
}

/** 1 within reach of a corner, in a window's pixels. */
function besideCorners(right: Point, left: Point, { left: x0, top: y0, side }: Window): Uint8Array {
  const reach = BEYOND_CORNERS * Math.hypot(right[0] - left[0], right[1] - left[1]);
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) + 0.5 + x0, Math.floor(i / side) + 0.5 + y0];
    return [right, left].some((corner) => Math.hypot(x - corner[0], y - corner[1]) < reach) ? 1 : 0;
  });
}

/** A square with a power of two as side, around the lips; undefined where they reach beyond the picture. */
function windowAround(points: readonly Point[], size: number): Window | undefined {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = 2 ** Math.ceil(Math.log2(Math.max(x1 - x0, y1 - y0) + 4));
  if (x0 < 0 || y0 < 0 || x1 > size || y1 > size || side > size) return undefined;
  return {
    left: Math.round(clamp((x0 + x1 - side) / 2, 0, size - side)),
    top: Math.round(clamp((y0 + y1 - side) / 2, 0, size - side)),
    side,
  };
}

/** Median Y, U, V on the middle of both lips. */
function lipColour({ size, channels }: ColourPlanes, landmarks: Float32Array): number[] {
  const pixels = [...UPPER_LIP_RINGS[1], ...LOWER_LIP_RINGS[1]].map((i) =>
    nearestPixel(size, ...position(landmarks, i)),
  );
  return channels.map((plane) => pixels.map((i) => plane[i]).sort((a, b) => a - b)[pixels.length >> 1]);
}

/** 1 where a pixel looks like teeth or like a gap between them. */
function notLips(
  [luma, u, v]: readonly Plane[],
  [lipLuma, lipU, lipV]: readonly number[],
  [, skinU, skinV]: Yuv,
): Uint8Array {
  const saturation = Math.hypot(lipU - 128, lipV - 128);
  const along = (u: number, v: number) => ((u - 128) * (lipU - 128) + (v - 128) * (lipV - 128)) / saturation;
  const gap = (1 - GAP_COLOUR_LOSS) * saturation;
  const tooth = Math.min((1 - TEETH_COLOUR_LOSS) * saturation, TEETH_OF_SKIN * along(skinU, skinV));
  return Uint8Array.from(luma, (value, i) =>
    along(u[i], v[i]) < (value - 16 < GAP_LIGHT * (lipLuma - 16) ? gap : tooth) ? 1 : 0,
  );
}

/** 1 where a pixel without colour looks like teeth: beards have gaps as dark as those between them. */
function brighter([luma]: readonly Plane[], [lipLuma]: readonly number[]): Uint8Array {
  return Uint8Array.from(luma, (value) => (value > lipLuma + TEETH_OVER_LIPS ? 1 : 0));
}

/** Grows `seeds` through `passable` inside `bounds`, 4-connected; then by two pixels, against their soft edge. */
function spread(seeds: Uint8Array, bounds: Uint8Array, passable: Uint8Array, side: number): Uint8Array {
  const result = seeds.slice();
  const queue = [...seeds.keys()].filter((i) => seeds[i]);
  const grow = (i: number, accept: (n: number) => boolean, found: number[]) => {
    for (const n of [i - 1, i + 1, i - side, i + side]) {
      if (n < 0 || n >= result.length || result[n] || !bounds[n] || !accept(n)) continue;
      result[n] = 1;
      found.push(n);
    }
  };
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    grow(next, (n) => passable[n] === 1, queue);
  }
  for (let pass = 0; pass < 2; pass++) {
    for (const i of [...result.keys()].filter((k) => result[k])) grow(i, () => true, []);
  }
  return result;
}
