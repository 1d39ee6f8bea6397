/**
 * Folds that deepen as the face moves: beside a smile, a wide vowel, raised brows. A factor on luma, 1 at rest; drawn on the
 * picture, whatever made it.
 */

import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import { sharesOf } from '../head/blendshapes.ts';
import type { Framing } from '../head/framing.ts';
import type { Rig } from '../rig.ts';
import { CELLS, COLUMNS } from './canonical-frame.ts';
import { FOLD_STEP, FOLDS, type FoldMaps } from './folds.ts';
import { CHANGE_STEPS, LumaFactors } from './luma-factors.ts';

/** A fold that is less deep than this is not seen. */
const UNSEEN = 0.03;
/** The left side's folds fade into the right's over so many columns to either side of the middle. */
const BETWEEN_SIDES = 6;
/** Cells of the picture to a face height. */
const FINENESS = 64;
/** Depths are whole numbers: so many to a step of the field. */
const FRACTION_BITS = 8;
const WHOLE_DEPTH = FOLD_STEP * CHANGE_STEPS * (1 << FRACTION_BITS);

/** A motion channel's place in a frame, and how deep a fold gets by it. */
type Cause = readonly [channel: number, depth: number];

const CAUSES = FOLDS.map((depths) => ({ left: causesOf(depths, 'Left'), right: causesOf(depths, 'Right') }));

export class FoldShade {
  readonly #rig: Rig;
  readonly #pixelsPerView: number;
  readonly #factors: LumaFactors;
  readonly #shares: Float64Array;
  readonly #field = { width: COLUMNS, values: new Int32Array(CELLS) };
  /** Rows in which each map has anything, first and last. */
  readonly #rows: readonly (readonly [number, number])[];
  /** Those on which any map has anything. */
  readonly #triangles: Uint16Array;

  constructor(rig: Rig, framing: Framing) {
    this.#rig = rig;
    this.#pixelsPerView = framing.pixelsPerView;
    this.#shares = sharesOf(rig);
    this.#factors = new LumaFactors(framing, (rig.faceHeight * framing.pixelsPerView) / FINENESS);
    const { folds } = rig;
    this.#rows = folds ? FOLDS.map((_, fold) => rowsOf(folds.maps, fold)) : [];
    this.#triangles = folds ? trianglesOf(folds) : new Uint16Array();
  }

  /** `posed`: vertices of the head mesh, as it is drawn. */
  draw(picture: I420, motion: Float32Array, posed: Float32Array): void {
    const { folds } = this.#rig;
    if (!folds || !this.#mix(folds.maps, motion)) return;
    this.#factors.fill(posed, this.#pixelsPerView, folds.places, this.#field, this.#triangles);
    this.#factors.apply(picture);
  }

  /** Mixes the maps into the field; false if there is nothing to be seen. */
  #mix(maps: Int8Array, motion: Float32Array): boolean {
    const { values } = this.#field;
    let isSeen = false;
    for (let fold = 0; fold < FOLDS.length; fold++) {
      const left = this.#depth(CAUSES[fold].left, motion);
      const right = this.#depth(CAUSES[fold].right, motion);
      const [first, last] = this.#rows[fold];
      if (first > last || (left < UNSEEN && right < UNSEEN)) continue;
      if (!isSeen) values.fill(0);
      isSeen = true;
      addBySides(values, maps, fold, first, last, left * WHOLE_DEPTH, right * WHOLE_DEPTH);
    }
    if (isSeen) for (let i = 0; i < CELLS; i++) values[i] >>= FRACTION_BITS;
    return isSeen;
  }

  #depth(causes: readonly Cause[], motion: Float32Array): number {
    let depth = 0;
    for (const [channel, share] of causes) depth += share * this.#shares[channel] * motion[channel];
    return clamp(depth, 0, 1);
  }
}

function causesOf(depths: Readonly<Record<string, number>>, side: 'Left' | 'Right'): Cause[] {
  return Object.entries(depths).map(([name, depth]) => {
    const channel = CHANNEL[(name in CHANNEL ? name : name + side) as MotionChannel];
    return [channel, depth];
  });
}

/** How much of the left side each column is: the avatar's left is the frame's right. */
const LEFT_SHARE = Float32Array.from({ length: COLUMNS }, (_, column) => {
  const aside = column - (COLUMNS - 1) / 2;
  return smoothstep(-BETWEEN_SIDES, BETWEEN_SIDES, aside);
});

const depthsAcross = new Int32Array(COLUMNS);

function addBySides(
  values: Int32Array,
  maps: Int8Array,
  fold: number,
  first: number,
  last: number,
  left: number,
  right: number,
): void {
  for (let column = 0; column < COLUMNS; column++) {
    depthsAcross[column] = Math.round(right + LEFT_SHARE[column] * (left - right));
  }
  const from = fold * CELLS;
  for (let row = first, i = first * COLUMNS; row <= last; row++) {
    for (let column = 0; column < COLUMNS; column++, i++) {
      values[i] += Math.imul(depthsAcross[column], maps[from + i]);
    }
  }
}

function rowsOf(maps: Int8Array, fold: number): readonly [number, number] {
  const map = maps.subarray(fold * CELLS, (fold + 1) * CELLS);
  const first = map.findIndex((value) => value !== 0);
  const last = map.findLastIndex((value) => value !== 0);
  return first < 0 ? [0, -1] : [Math.floor(first / COLUMNS), Math.floor(last / COLUMNS)];
}

function trianglesOf({ maps, places }: FoldMaps): Uint16Array {
  const isSeen = (cell: number) => FOLDS.some((_, fold) => maps[fold * CELLS + cell] !== 0);
  const found: number[] = [];
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3) {
    const corners = FACE_TRIANGLES.slice(t, t + 3);
    const [left, top] = [0, 1].map((axis) =>
      Math.floor(Math.min(...corners.map((i) => places[2 * i + axis]))),
    );
    const [right, bottom] = [0, 1].map((axis) =>
      Math.ceil(Math.max(...corners.map((i) => places[2 * i + axis]))),
    );
    let seen = false;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) seen ||= isSeen(row * COLUMNS + column);
    }
    if (seen) found.push(...corners);
  }
  return Uint16Array.from(found);
}
