/**
 * What of a drawing hangs free of its head: what has the colours of the hair and is joined to it (strands, tails), and
 * what stands out above it (ears, ribbons). The farther from where it has grown, the freer.
 */
import { headUp } from '../../../../face/landmarks.ts';
import { CHIN, EAR, EYES, FACE_OVAL, FOREHEAD, SKIN_POINTS } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp, type Plane, smoothstep } from '../../../../image/planes.ts';
import { isInside, type Point } from '../../../../image/polygon.ts';
import { nearestColour, nearestPixel } from '../../../../image/sample.ts';
import { HeadMesh, type HeadShape } from '../../head/head-mesh.ts';
import { OUTER_VERTEX_COUNT, RING_COUNT, RING_SIZE } from '../../head/mesh-topology.ts';
import type { FreeParts } from '../../sway/free-parts.ts';

/** Cells a side in which it is looked for. */
const CELLS = 128;
const PRESENT = 0.5;
/** Hair is taken to be what lies about the upper half of the face's outline, so far out. */
const ABOUT = [1.06, 1.4] as const;
/** Colours are alike within so many levels; luma counts half. */
const ALIKE = 20;
/** Shares of that hair that a colour needs to be one of its own. */
const COMMON = 0.04;
/** Below the chin, in the middle: hair's colours there are a dress's. In face heights, and the share of it that tells. */
const BIB = { half: 0.2, from: 0.2, to: 0.7, share: 0.6 } as const;
/** Free ends, in face heights: below the eyes, beside the face's edge, above the crown. */
const HANGS = [0.1, 1] as const;
const STANDS_OUT = [0.2, 0.8] as const;
const STANDS_UP = [0.3, 0.7] as const;
const MOST_UP = 0.7;
/** Beside the face's line, which stays with the face: of the first rings. */
const HELD = [0.3, 0.7];
/** Vertices are told by what is so near, in view fractions. */
const NEAR = 0.022;
/** Of the hair in what a vertex sees. */
const SEEN = [0.25, 0.7] as const;

export function freeParts(
  view: ColourPlanes,
  matte: Plane,
  skin: Yuv,
  shape: Omit<HeadShape, 'depthShift'>,
): FreeParts {
  const frame = new FaceFrame(shape);
  const hair = findHair(view, matte, skin, frame);
  const mesh = new HeadMesh({ ...shape, depthShift: new Float32Array(OUTER_VERTEX_COUNT) });
  const at = mesh.atRest.subarray(3 * SKIN_POINTS);
  const free = new Float32Array(RING_COUNT * RING_SIZE);
  const lengths = new Float32Array(RING_SIZE);
  for (let k = 0; k < free.length; k++) {
    const [x, y] = [at[3 * k], at[3 * k + 1]];
    const { hairy, present } = around(hair, x, y);
    // Beyond the person it goes on as it ends, or the end would be pinned to nothing.
    const inner = k < RING_SIZE ? 0 : free[k - RING_SIZE];
    const own = smoothstep(...SEEN, hairy / Math.max(present, 0.15)) * frame.freedom(x, y);
    free[k] = own + (1 - smoothstep(0.05, 0.3, present)) * Math.max(0, inner - own);
    if (own > 0.02) lengths[k % RING_SIZE] = Math.max(lengths[k % RING_SIZE], frame.length(x, y));
  }
  const grown = smoothed(smoothed(free)).map((value, k) => value * (HELD[Math.floor(k / RING_SIZE)] ?? 1));
  return { free: grown, body: mesh.bodyShares, lengths: smoothedRing(lengths) };
}

/** Directions and lengths of a face: places in face heights up and aside of its middle. */
class FaceFrame {
  readonly outline: Point[];
  readonly #eyes: Point;
  readonly #up: Point;
  readonly #height: number;
  readonly #half: number;
  readonly #crown: number;

  constructor({ portrait, axes, faceHeight }: Omit<HeadShape, 'depthShift'>) {
    const at = (point: number): Point => [portrait[3 * point], portrait[3 * point + 1]];
    const [x, y] = headUp(axes);
    const length = Math.hypot(x, y);
    this.#up = [x / length, y / length];
    this.#height = faceHeight;
    const corners = [EYES.left, EYES.right].flatMap((eye) => [at(eye.outerCorner), at(eye.innerCorner)]);
    this.#eyes = [0, 1].map((axis) => corners.reduce((sum, p) => sum + p[axis], 0) / 4) as unknown as Point;
    this.outline = FACE_OVAL.map(at);
    const [right, left] = [at(EAR.right), at(EAR.left)];
    this.#half = Math.hypot(right[0] - left[0], right[1] - left[1]) / 2 / faceHeight;
    this.#crown = this.place(...at(FOREHEAD)).up;
    this.chin = -this.place(...at(CHIN)).up;
  }

  readonly chin: number;

  /** Face heights from the middle of the eyes. */
  place(x: number, y: number): { up: number; aside: number } {
    const [dx, dy] = [x - this.#eyes[0], y - this.#eyes[1]];
    const [ux, uy] = this.#up;
    return { up: (dx * ux + dy * uy) / this.#height, aside: Math.abs(dx * uy - dy * ux) / this.#height };
  }

  /** How far a place is from where hair grows. */
  length(x: number, y: number): number {
    const { up, aside } = this.place(x, y);
    return Math.max(-up, aside - this.#half, up - this.#crown, 0);
  }

  freedom(x: number, y: number): number {
    const { up, aside } = this.place(x, y);
    return Math.max(
      smoothstep(...HANGS, -up),
      smoothstep(...STANDS_OUT, aside - this.#half),
      MOST_UP * smoothstep(...STANDS_UP, up - this.#crown),
    );
  }
}

interface Hair {
  hair: Uint8Array;
  person: Uint8Array;
}

/** In cells. */
function findHair(view: ColourPlanes, matte: Plane, skin: Yuv, frame: FaceFrame): Hair {
  const person = new Uint8Array(CELLS ** 2);
  const seed = new Uint8Array(CELLS ** 2);
  const colours: Yuv[] = [];
  const [low, high] = ABOUT.map((scale) => scaled(frame.outline, scale));
  for (let i = 0; i < person.length; i++) {
    const [x, y] = placeOf(i);
    person[i] = matte[nearestPixel(view.size, x, y)] > PRESENT ? 1 : 0;
    colours.push(nearestColour(view, x, y));
    const about = isInside(x, y, high) && !isInside(x, y, low) && frame.place(x, y).up > 0;
    seed[i] = person[i] && about && !isAlike(colours[i], skin) ? 1 : 0;
  }
  const own = commonColours(colours.filter((_, i) => seed[i]));
  const like = colours.map((colour, i) => person[i] === 1 && own.some((one) => isAlike(colour, one)));
  const bib = [0, 0];
  for (let i = 0; i < like.length; i++) {
    if (!isBib(frame, ...placeOf(i)) || !person[i]) continue;
    bib[0]++;
    if (like[i]) bib[1]++;
  }
  const dressed = bib[1] > BIB.share * bib[0];
  const [hair, next] = [new Uint8Array(CELLS ** 2), [] as number[]];
  const take = (i: number) => {
    const [x, y] = placeOf(i);
    if (hair[i] || !like[i] || isInside(x, y, frame.outline)) return;
    if (dressed && frame.place(x, y).up < -frame.chin - BIB.from) return;
    hair[i] = 1;
    next.push(i);
  };
  for (let i = 0; i < seed.length; i++) if (seed[i]) take(i);
  for (let i = next.pop(); i !== undefined; i = next.pop()) {
    // Two cells on: outlines lie between strands.
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const [x, y] = [(i % CELLS) + dx, Math.floor(i / CELLS) + dy];
        if (x >= 0 && x < CELLS && y >= 0 && y < CELLS) take(y * CELLS + x);
      }
    }
  }
  return { hair, person };
}

function placeOf(cell: number): [number, number] {
  return [((cell % CELLS) + 0.5) / CELLS, (Math.floor(cell / CELLS) + 0.5) / CELLS];
}

function isBib(frame: FaceFrame, x: number, y: number): boolean {
  const { up, aside } = frame.place(x, y);
  const below = -up - frame.chin;
  return aside < BIB.half && below > BIB.from && below < BIB.to;
}

function isAlike(a: Yuv, b: Yuv): boolean {
  return (0.5 * (a[0] - b[0])) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2 < ALIKE ** 2;
}

/** Each that is like at least so many of them and not like one before. */
function commonColours(colours: readonly Yuv[]): Yuv[] {
  const least = COMMON * colours.length;
  const found: Yuv[] = [];
  let rest = colours;
  while (rest.length > least) {
    const middle = rest[rest.length >> 1];
    const near = rest.filter((colour) => isAlike(colour, middle));
    if (near.length >= least) found.push(middle);
    rest = rest.filter((colour) => !isAlike(colour, middle));
  }
  return found;
}

function scaled(points: readonly Point[], scale: number): Point[] {
  const middle = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  return points.map(([x, y]) => [middle[0] + scale * (x - middle[0]), middle[1] + scale * (y - middle[1])]);
}

/** Shares of hair and of person about a place. */
function around({ hair, person }: Hair, x: number, y: number): { hairy: number; present: number } {
  let [hairy, present, count] = [0, 0, 0];
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const [column, row] = [x + 0.5 * NEAR * dx, y + 0.5 * NEAR * dy].map((v) => Math.floor(v * CELLS));
      if (column < 0 || column >= CELLS || row < 0) continue;
      const cell = Math.min(row, CELLS - 1) * CELLS + clamp(column, 0, CELLS - 1);
      hairy += hair[cell];
      present += person[cell];
      count++;
    }
  }
  return { hairy: hairy / Math.max(1, count), present: present / Math.max(1, count) };
}

/** Each with its neighbours on its ring and in its direction; inside of the first ring is the face, which is fast. */
function smoothed(values: Float32Array): Float32Array {
  return values.map((value, k) => {
    const [ring, i] = [Math.floor(k / RING_SIZE), k % RING_SIZE];
    const beside =
      values[ring * RING_SIZE + ((i + 1) % RING_SIZE)] +
      values[ring * RING_SIZE + ((i + RING_SIZE - 1) % RING_SIZE)];
    const inner = ring === 0 ? 0 : values[k - RING_SIZE];
    const outer = ring === RING_COUNT - 1 ? value : values[k + RING_SIZE];
    return (2 * value + beside + inner + outer) / 6;
  });
}

function smoothedRing(values: Float32Array): Float32Array {
  return values.map((value, i) => (2 * value + values[(i + 1) % values.length] + values.at(i - 1)!) / 4);
}
