/**
 * Shade that moves with the face: folds beside a smile, cheeks that rise, a chin under an open jaw, the far side of a
 * turned head. A factor on luma, 1 at rest and at the borders of the face; drawn on the picture, whatever made it. What
 * each motion coefficient does to it is learned from pairs of path-traced people (models/training/shade).
 */

import { CHANNEL, MOTION_SIZE } from '../../../contract/motion-frame.ts';
import { EYES, SIDES, stripTriangles } from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import { sharesOf } from '../head/blendshapes.ts';
import type { Framing } from '../head/framing.ts';
import { turnOf } from '../head/head-pose.ts';
import type { Rig } from '../rig.ts';
import { CELLS, COLUMNS } from './canonical-frame.ts';
import { CHANGE_STEPS, LumaFactors } from './luma-factors.ts';
import { SHADE_GROUPS, SHADE_STEP, WHOLE_TURN } from './shade-maps.ts';

/** Skin and eyes; the mouth has its own light. */
const TRIANGLES = Uint16Array.from([
  ...FACE_TRIANGLES,
  ...SIDES.flatMap((side) => {
    const { outerCorner, upperLid, lowerLid, innerCorner } = EYES[side];
    return stripTriangles(outerCorner, upperLid, lowerLid, innerCorner);
  }),
]);
const DARKEST = -0.15 * CHANGE_STEPS;
const BRIGHTEST = 0.09 * CHANGE_STEPS;
/** A coefficient below this changes nothing that is seen. */
const UNSEEN = 0.015;
/** The left side's coefficients fade into the right's over so many columns to either side of the middle. */
const BETWEEN_SIDES = 6;
/** Cells of the picture to a face height. */
const FINENESS = 64;
/** Weights of maps are whole numbers: so many to a step of the field. */
const FRACTION_BITS = 8;
/** Half of the square of a change in steps: shifted by so many bits. */
const EXPONENTIAL_BITS = 13;
const WHOLE_WEIGHT = SHADE_STEP * CHANGE_STEPS * (1 << FRACTION_BITS);

export class SkinShade {
  readonly #rig: Rig;
  readonly #pixelsPerView: number;
  readonly #factors: LumaFactors;
  readonly #shares: Float64Array;
  readonly #weights = new Float32Array(MOTION_SIZE);
  readonly #field = { width: COLUMNS, values: new Int32Array(CELLS) };

  /** Rows in which each map has anything, first and last. */
  readonly #rows: readonly (readonly [number, number])[];

  constructor(rig: Rig, framing: Framing) {
    this.#rig = rig;
    this.#pixelsPerView = framing.pixelsPerView;
    this.#shares = sharesOf(rig);
    this.#factors = new LumaFactors(framing, (rig.faceHeight * framing.pixelsPerView) / FINENESS);
    this.#rows = rig.shade ? SHADE_GROUPS.map((_, g) => rowsOf(rig.shade!.maps, g)) : [];
  }

  /** `posed`: vertices of the head mesh, as it is drawn. */
  draw(picture: I420, motion: Float32Array, posed: Float32Array): void {
    const { shade } = this.#rig;
    if (!shade || !this.#mix(shade.maps, motion)) return;
    this.#factors.fill(posed, this.#pixelsPerView, shade.places, this.#field, TRIANGLES);
    this.#factors.apply(picture);
  }

  /** Mixes the maps into the field; false if there is nothing to be seen. */
  #mix(maps: Int8Array, motion: Float32Array): boolean {
    const weights = this.#weigh(motion);
    const { values } = this.#field;
    values.fill(0);
    let isSeen = false;
    for (let g = 0; g < SHADE_GROUPS.length; g++) {
      const left = weights[CHANNEL[SHADE_GROUPS[g].left]];
      const right = weights[CHANNEL[SHADE_GROUPS[g].right]];
      if (Math.abs(left) < UNSEEN && Math.abs(right) < UNSEEN) continue;
      isSeen = true;
      const [first, last] = this.#rows[g];
      if (Math.abs(left - right) < UNSEEN) {
        addEven(values, maps, g, first, last, Math.round(0.5 * (left + right) * WHOLE_WEIGHT));
      } else addBySides(values, maps, g, first, last, left * WHOLE_WEIGHT, right * WHOLE_WEIGHT);
    }
    if (!isSeen) return false;
    for (let i = 0; i < CELLS; i++) {
      const value = values[i] >> FRACTION_BITS;
      // Of the exponential, its first terms.
      const change = value + ((value * value) >> EXPONENTIAL_BITS);
      values[i] = clamp(change, DARKEST, BRIGHTEST);
    }
    return true;
  }

  /** Of each channel, as it is shown. */
  #weigh(motion: Float32Array): Float32Array {
    const weights = this.#weights;
    for (let i = 0; i < this.#shares.length; i++) weights[i] = this.#shares[i] * motion[i];
    const { yaw, pitch, roll } = turnOf(motion);
    weights[CHANNEL.headYaw] = yaw / WHOLE_TURN;
    weights[CHANNEL.headPitch] = pitch / WHOLE_TURN;
    weights[CHANNEL.headRoll] = roll / WHOLE_TURN;
    return weights;
  }
}

/** How much of the left side each column is: the avatar's left is the frame's right. */
const LEFT_SHARE = Float32Array.from({ length: COLUMNS }, (_, column) => {
  const aside = column - (COLUMNS - 1) / 2;
  return smoothstep(-BETWEEN_SIDES, BETWEEN_SIDES, aside);
});

const weightsAcross = new Int32Array(COLUMNS);

function addEven(
  values: Int32Array,
  maps: Int8Array,
  group: number,
  first: number,
  last: number,
  weight: number,
): void {
  const from = group * CELLS;
  const end = (last + 1) * COLUMNS;
  for (let i = first * COLUMNS; i < end; i++) values[i] += Math.imul(weight, maps[from + i]);
}

function addBySides(
  values: Int32Array,
  maps: Int8Array,
  group: number,
  first: number,
  last: number,
  left: number,
  right: number,
): void {
  for (let column = 0; column < COLUMNS; column++) {
    weightsAcross[column] = Math.round(right + LEFT_SHARE[column] * (left - right));
  }
  const from = group * CELLS;
  for (let row = first, i = first * COLUMNS; row <= last; row++) {
    for (let column = 0; column < COLUMNS; column++, i++) {
      values[i] += Math.imul(weightsAcross[column], maps[from + i]);
    }
  }
}

function rowsOf(maps: Int8Array, group: number): readonly [number, number] {
  const map = maps.subarray(group * CELLS, (group + 1) * CELLS);
  const first = map.findIndex((value) => value !== 0);
  const last = map.findLastIndex((value) => value !== 0);
  return first < 0 ? [0, -1] : [Math.floor(first / COLUMNS), Math.floor(last / COLUMNS)];
}
