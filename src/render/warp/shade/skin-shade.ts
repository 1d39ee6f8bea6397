/**
 * Shade that moves with the face: what its light makes of skin that looks elsewhere than at rest, and folds. A factor on
 * luma, 1 at rest and at the borders of the face, eyes and lips; drawn on the picture, whatever made it.
 */

import { MOTION_SIZE } from '../../../contract/motion-frame.ts';
import {
  EYES,
  FACE_OVAL,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  SIDES,
  SKIN_POINTS,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp } from '../../../image/planes.ts';
import { expressFace } from '../head/face-motion.ts';
import type { Framing } from '../head/framing.ts';
import type { Rig } from '../rig.ts';
import { FOLD_REACH, FOLDS, foldDepth, foldFactor } from './folds.ts';
import { LumaFactors } from './luma-factors.ts';
import { skinNormals } from './normals.ts';

/** Points whose skin keeps its shade. */
const STEADY = [
  ...FACE_OVAL,
  ...UPPER_LIP_RINGS.flat(),
  ...LOWER_LIP_RINGS.flat(),
  MOUTH_CORNER.right,
  MOUTH_CORNER.left,
  ...SIDES.flatMap((side) => [
    EYES[side].outerCorner,
    EYES[side].innerCorner,
    ...EYES[side].upperLid,
    ...EYES[side].lowerLid,
    ...EYES[side].crease,
  ]),
];
/** No skin is lit less than this, in shares of the brightest, before it moves. */
const DARKEST = 0.45;
const DARKER = 0.86;
const BRIGHTER = 1.1;
/** Below this nothing is seen of a change. */
const UNSEEN = 0.003;
const SHALLOWEST = 0.03;
/** Cells to a face height. */
const CELLS = 64;

export class SkinShade {
  readonly #rig: Rig;
  readonly #pixelsPerView: number;
  readonly #atRest: Float32Array;
  readonly #factors: LumaFactors;
  readonly #moves = new Uint8Array(SKIN_POINTS).fill(1);
  readonly #normals = new Float32Array(3 * SKIN_POINTS);
  readonly #shades = new Float32Array(SKIN_POINTS);

  constructor(rig: Rig, framing: Framing) {
    this.#rig = rig;
    this.#pixelsPerView = framing.pixelsPerView;
    const cell = Math.max(2, Math.round((rig.faceHeight * framing.pixelsPerView) / CELLS));
    this.#factors = new LumaFactors(framing, cell);
    for (const point of STEADY) this.#moves[point] = 0;
    this.#shade(expressFace(rig, new Float32Array(MOTION_SIZE)));
    this.#atRest = this.#shades.slice();
  }

  /** `expressed`: landmarks after `expressFace`, `posed`: of the head mesh, as it is drawn. */
  draw(picture: I420, motion: Float32Array, expressed: Float32Array, posed: Float32Array): void {
    const factors = this.#factors;
    factors.clear();
    const shades = this.#shades;
    let most = 0;
    if (this.#rig.skinLight.some((part) => part !== 0)) {
      this.#shade(expressed);
      for (let i = 0; i < SKIN_POINTS; i++) {
        const change = this.#moves[i] ? clamp(shades[i] / this.#atRest[i], DARKER, BRIGHTER) : 1;
        most = Math.max(most, Math.abs(change - 1));
        shades[i] = change;
      }
    }
    if (most > UNSEEN) factors.fill(posed, this.#pixelsPerView, shades, FACE_TRIANGLES);
    for (const side of SIDES) {
      const depth = foldDepth(this.#rig, motion, side);
      if (depth > SHALLOWEST) this.#fold(posed, side, depth);
    }
    factors.apply(picture);
  }

  #shade(points: Float32Array): void {
    const [x, y, z] = this.#rig.skinLight;
    const normals = skinNormals(points, this.#normals);
    for (let i = 0; i < SKIN_POINTS; i++) {
      const n = 3 * i;
      this.#shades[i] = Math.max(DARKEST, 1 + x * normals[n] + y * normals[n + 1] + z * (normals[n + 2] - 1));
    }
  }

  #fold(posed: Float32Array, side: 'left' | 'right', depth: number): void {
    const { line, cheek } = FOLDS[side];
    const n = this.#pixelsPerView;
    const faceHeight = n * this.#rig.faceHeight;
    const at = (point: number) => [n * posed[3 * point], n * posed[3 * point + 1]] as const;
    const places = line.map(at);
    this.#factors.alongLine(places, at(cheek), FOLD_REACH * faceHeight, (distance, along) =>
      foldFactor(depth, distance / faceHeight, along),
    );
  }
}
