/**
 * How a person goes on to the left and the right of the portrait, in pictures wider than it: shoulders that its sides cut
 * off fall on along their slope and round off to arms where people's do, hair and what else is cut off closes to an arch.
 * The texture is the portrait's next to the edge, as in a mirror.
 */
import { EAR } from '../../../face/topology.ts';
import { clamp, type Plane } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** From the middle of the face to the outside of an arm, in face heights: 23 cm of 18. */
const HALF_SHOULDERS = 1.3;
/** Arms begin at least so far from the portrait's side, view fractions. */
const NEAREST_ARM = 0.06;
/** So much of the portrait next to its side is looked at, and mirrored to and fro, view fractions. */
const STRIP = 0.1;
/** Shoulders fall no faster where the portrait cuts them (rows per column). */
const STEEPEST_FALL = 1.5;
/** Their soft edge reaches so far up, view fractions. */
const SOFT_EDGE = 0.012;
/** An arch rises by so much of half the length of what is cut off, and at most by so much of the view. */
const ARCH = 0.4;
const HIGHEST_ARCH = 0.06;

/** Rows from `start` up to before `end`, view fractions. */
interface Span {
  start: number;
  end: number;
}

interface Side {
  /** Upper outline of the body in the columns from the side inwards, view fractions; empty where it does not reach the side. */
  readonly tops: Float32Array;
  readonly fall: number;
  /** Where the arm ends, view fractions outwards. */
  readonly reach: number;
  /** What else the side cuts off. */
  readonly cuts: readonly Span[];
}

export class BodyBeyondSides {
  readonly #sides: readonly [Side, Side];
  readonly #columns: number;
  /** Filled by `locate`: view fractions. */
  x = 0;
  y = 0;

  /** `matte`: square, `size` a side, 0..1. */
  constructor({ portrait, faceHeight }: Rig, matte: Plane, size: number) {
    this.#columns = size;
    const middle = 0.5 * (portrait[3 * EAR.right] + portrait[3 * EAR.left]);
    const shoulders = HALF_SHOULDERS * faceHeight;
    this.#sides = [
      sideOf((row, k) => matte[row * size + k] > 0.5, size, shoulders - middle),
      sideOf((row, k) => matte[row * size + size - 1 - k] > 0.5, size, shoulders - (1 - middle)),
    ];
  }

  /** How far beyond a side somebody may be, view fractions. `side`: 0 left, 1 right. */
  reach(side: number): number {
    const { tops, reach, cuts } = this.#sides[side];
    const farthest = Math.max(tops.length > 0 ? reach : 0, ...cuts.map(archHeight));
    return farthest > 0 ? farthest + SOFT_EDGE : 0;
  }

  /** Finds where in the portrait a place beside it looks, view fractions. False where nobody is. */
  locate(x: number, y: number): boolean {
    const side = this.#sides[x < 0 ? 0 : 1];
    const aside = x < 0 ? -x : x - 1;
    const inwards = mirrored(aside);
    this.x = x < 0 ? inwards : 1 - inwards;
    for (const { start, end } of side.cuts) {
      const half = (end - start) / 2;
      const height = archHeight({ start, end });
      if (aside >= height) continue;
      const from = (y - start - half) / Math.sqrt(1 - (aside / height) ** 2);
      if (Math.abs(from) > half + SOFT_EDGE) continue;
      this.y = start + half + from;
      return true;
    }
    const { tops, fall, reach } = side;
    if (tops.length === 0 || aside >= reach) return false;
    const along = aside / reach;
    const round = Math.sqrt(1 - along * along);
    const drop = Math.max(0, 1 + SOFT_EDGE - tops[0] - fall * reach);
    const top = tops[0] + fall * aside + drop * (1 - round);
    // Where the outline is steep, what lies near it lies less far below it.
    const slope = fall + (drop * along) / (reach * round);
    const below = ((y - top) * Math.hypot(1, fall)) / Math.hypot(1, slope);
    if (below < -SOFT_EDGE) return false;
    this.y = tops[Math.min(tops.length - 1, Math.floor(inwards * this.#columns))] + below;
    return true;
  }
}

function archHeight({ start, end }: Span): number {
  return Math.min(HIGHEST_ARCH, (ARCH * (end - start)) / 2);
}

/** To and fro on the strip beside the edge. */
function mirrored(aside: number): number {
  const turn = aside % (2 * STRIP);
  return turn < STRIP ? turn : 2 * STRIP - turn;
}

/** `isPerson(row, k)`: in the `k`-th column from the side. `arm`: view fractions from the side to where it would end. */
function sideOf(isPerson: (row: number, k: number) => boolean, size: number, arm: number): Side {
  const topOf = (k: number) => {
    let top = size;
    while (top > 0 && isPerson(top - 1, k)) top--;
    return top;
  };
  const columns = Math.ceil(STRIP * size) + 1;
  const raw = Array.from({ length: columns }, (_, k) => topOf(k));
  const cuts: Span[] = [];
  for (let row = 0; row < raw[0]; row++) {
    if (!isPerson(row, 0)) continue;
    const start = row;
    while (row < raw[0] && isPerson(row, 0)) row++;
    cuts.push({ start: start / size, end: row / size });
  }
  if (raw[0] === size) return { tops: new Float32Array(0), fall: 0, reach: 0, cuts };
  const tops = smoothed(raw).map((top) => top / size);
  const fall = clamp((tops[0] - tops[columns - 1]) / STRIP, 0, STEEPEST_FALL);
  return { tops, fall, reach: Math.max(NEAREST_ARM, arm), cuts };
}

/** Medians of neighbours, then means: single hairs and gaps are no outline. */
function smoothed(values: readonly number[]): Float32Array {
  const reach = Math.max(1, Math.round(values.length / 16));
  const near = (
    list: ArrayLike<number> & { slice(from: number, to: number): ArrayLike<number> },
    i: number,
  ) => Array.from(list.slice(Math.max(0, i - reach), i + reach + 1));
  const medians = values.map((_, i) => near(values, i).sort((a, b) => a - b)[near(values, i).length >> 1]);
  return Float32Array.from(medians, (_, i) => {
    const around = near(medians, i);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}
