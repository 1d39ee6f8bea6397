/**
 * The mesh that is warped: the face's 468 points and rings around the face outline that carry hair, neck and
 * shoulders. Its topology never changes, so nothing can fold by re-triangulation; what hides what is decided by
 * depth.
 */

import {
  CHIN,
  EYES,
  FACE_OVAL,
  FOREHEAD,
  INNER_LOWER_LIP,
  INNER_UPPER_LIP,
  SIDES,
  SKIN_POINTS,
} from '../../../face/topology.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';
import { type Framing, WHOLE_VIEW } from './framing.ts';
import { type HeadPose, posePoint } from './head-pose.ts';
import { larynxShare } from './larynx.ts';
import { GAP_RIM, OUTER_VERTEX_COUNT, RING_COUNT, RING_SIZE, VERTEX_COUNT } from './mesh-topology.ts';

/** Distance of each ring from the middle of the face, in face outlines. */
const RING_SCALES = [1.05, 1.12, 1.22, 1.35, 1.52, 1.75, 2.05, 2.5, 3.2, 5];
/** The last one lies beyond the picture, by so much of its side at least: on the far side of a turned face, too. */
const BEYOND = 0.35;
/** How much of the outline's expression each ring follows. */
const RING_EXPRESSION = [0.85, 0.65, 0.4, 0.2, 0.08, 0, 0, 0, 0, 0];
/** How far up between lash line and crease a shut lid takes its edge's colour from. */
const LID_SKIN_SHARE = 0.6;
/** Shoulders go along with the head a little; a body that stands still under a moving head looks pinned. */
const BODY_SHARE = 0.07;
/** How far a breath lifts the shoulders, in face heights: 1.6 pixels of 512 in a usual head-shot. */
const BREATH_LIFT = 0.0075;
/** A body that goes on beyond the picture's side keeps to it when it goes back: from so near the side (view fractions). */
const AT_SIDE = [0.25, 0] as const;
/** What of a rig the mesh is made of. */
export type HeadShape = Pick<
  Rig,
  | 'portrait'
  | 'rest'
  | 'faceHeight'
  | 'axes'
  | 'pivot'
  | 'skinSource'
  | 'cutBySides'
  | 'depthShift'
  | 'bareThroat'
> &
  Partial<Pick<Rig, 'drawing'>>;

export class HeadMesh {
  /** Where each vertex lies in the portrait: `Float32Array [vertices·2]`. */
  readonly source = new Float32Array(VERTEX_COUNT * 2);
  /** Where it lies now, from the picture's corner: `Float32Array [vertices·3]`. */
  readonly posed = new Float32Array(VERTEX_COUNT * 3);
  readonly #rig: HeadShape;
  /** Rest position of the ring vertices and the share of the head's turn that each takes. */
  readonly #rings = new Float32Array(RING_SIZE * RING_COUNT * 3);
  readonly #shares = new Float32Array(RING_SIZE * RING_COUNT);
  /** How much each ring vertex is body, not head. */
  readonly bodyShares = new Float32Array(RING_SIZE * RING_COUNT);
  /** How far a full breath lifts each ring vertex, view fractions. */
  readonly #lifts = new Float32Array(RING_SIZE * RING_COUNT);
  /** How far each ring vertex goes to the right and down with a larynx that is all up, view fractions. */
  readonly #throat = new Float32Array(RING_SIZE * RING_COUNT * 2);
  /** How much each ring vertex is kept from coming in from the picture's side. */
  readonly #holds = new Float32Array(RING_SIZE * RING_COUNT);
  /** How much of the outline's expression the rings beyond each outline point follow: jaws do, ears and hair do not. */
  readonly #follows = new Float32Array(RING_SIZE);

  constructor(rig: HeadShape, framing: Framing = WHOLE_VIEW) {
    this.#rig = rig;
    this.source.set(rig.skinSource);
    INNER_UPPER_LIP.forEach((upper, i) => {
      // What a drawing shows between its lips stays there.
      const from = 2 * (rig.drawing ? INNER_LOWER_LIP[i] : upper);
      this.source.copyWithin(2 * GAP_RIM[i], from, from + 2);
    });
    this.#placeRings(framing);
  }

  /** Skin and rings as they are before anything moves, their depth not shifted yet: `Float32Array [828·3]`. */
  get atRest(): Float32Array {
    const points = new Float32Array(OUTER_VERTEX_COUNT * 3);
    points.set(this.#rig.rest.subarray(0, 3 * SKIN_POINTS));
    points.set(this.#rings, 3 * SKIN_POINTS);
    return points;
  }

  #placeRings(framing: Framing): void {
    const { portrait, faceHeight, axes, pivot, bareThroat } = this.#rig;
    const upLength = Math.hypot(axes[1], axes[4]);
    const up = [axes[1] / upLength, axes[4] / upLength];
    /** A place given from the chin, in face heights. */
    const fromChin = (dx: number, dy: number) => ({
      height: (dx * up[0] + dy * up[1]) / faceHeight,
      aside: Math.abs(dx * up[1] - dy * up[0]) / faceHeight,
    });
    FACE_OVAL.forEach((point, i) => {
      const dx = portrait[3 * point] - portrait[3 * CHIN];
      const dy = portrait[3 * point + 1] - portrait[3 * CHIN + 1];
      this.#follows[i] = 1 - smoothstep(0.3, 0.55, fromChin(dx, dy).height);
    });
    // No longer where the picture shows what is beyond them.
    const cutLeft = framing.left < 0 ? 0 : this.#rig.cutBySides[0];
    const cutRight = framing.right > 1 ? 0 : this.#rig.cutBySides[1];
    const middle = [0, 1].map((axis) => 0.5 * (portrait[3 * FOREHEAD + axis] + portrait[3 * CHIN + axis]));
    RING_SCALES.forEach((scale, ring) => {
      FACE_OVAL.forEach((point, i) => {
        const k = ring * RING_SIZE + i;
        const towards = [0, 1].map((axis) => portrait[3 * point + axis] - middle[axis]);
        const last = ring === RING_COUNT - 1;
        const reach = last ? Math.max(scale, stepsOut(middle, towards, framing)) : scale;
        const [x, y] = [0, 1].map((axis) => middle[axis] + reach * towards[axis]);
        // The skull's own outline lies about as deep as the neck joint.
        const depth = pivot[2] + 0.05 * faceHeight;
        const z = depth + (portrait[3 * point + 2] - depth) * Math.exp(-4 * (scale - 1));
        const { height, aside } = fromChin(x - portrait[3 * CHIN], y - portrait[3 * CHIN + 1]);
        // All above the chin, less down the neck, no shoulders.
        const head = smoothstep(-0.44, 0.08, height - 0.6 * Math.max(0, aside - 0.5));
        const risen = bareThroat * faceHeight * larynxShare(height, aside);
        this.#throat.set([risen * up[0], risen * up[1]], 2 * k);
        this.#shares[k] = BODY_SHARE + (1 - BODY_SHARE) * head;
        this.bodyShares[k] = 1 - head;
        this.#lifts[k] = BREATH_LIFT * faceHeight * (1 - head);
        const held = Math.max(cutLeft * smoothstep(...AT_SIDE, x), cutRight * smoothstep(...AT_SIDE, 1 - x));
        this.#holds[k] = held * (1 - head);
        this.#rings.set([x, y, z], 3 * k);
        this.source[2 * (SKIN_POINTS + k)] = x;
        this.source[2 * (SKIN_POINTS + k) + 1] = y;
      });
    });
  }

  /**
   * A closing lid shows skin that the portrait has folded away. It is taken from between lash line and crease,
   * so that the lash line does not stretch across the eye.
   */
  #unrollLids(expressed: Float32Array): void {
    const { portrait } = this.#rig;
    for (const side of SIDES) {
      const { upperLid, lowerLid, crease } = EYES[side];
      upperLid.forEach((upper, i) => {
        const own = portrait[3 * lowerLid[i] + 1] - portrait[3 * upper + 1];
        const now = expressed[3 * lowerLid[i] + 1] - expressed[3 * upper + 1];
        const closure = own > 0 ? smoothstep(0.1, 0.9, 1 - now / own) : 0;
        for (let axis = 0; axis < 2; axis++) {
          const edge = portrait[3 * upper + axis];
          this.source[2 * upper + axis] =
            edge + LID_SKIN_SHARE * closure * (portrait[3 * crease[i] + axis] - edge);
        }
      });
    }
  }

  /**
   * `expressed`: landmarks after `expressFace`; `breath`: 0 breathed out .. 1 in; `larynx`: how far it is up, −1..1.
   * Fills `posed`.
   */
  pose(expressed: Float32Array, pose: HeadPose, breath = 0, larynx = 0): void {
    const { posed } = this;
    const { portrait, depthShift } = this.#rig;
    const { framing } = pose;
    this.#unrollLids(expressed);
    for (let i = 0; i < SKIN_POINTS; i++) {
      posePoint(
        pose,
        expressed[3 * i],
        expressed[3 * i + 1],
        expressed[3 * i + 2] + depthShift[i],
        1,
        posed,
        3 * i,
      );
    }
    for (let ring = 0; ring < RING_COUNT; ring++) {
      for (let i = 0; i < RING_SIZE; i++) {
        const k = ring * RING_SIZE + i;
        const o = 3 * FACE_OVAL[i];
        const follow = RING_EXPRESSION[ring] * this.#follows[i];
        posePoint(
          pose,
          this.#rings[3 * k] + follow * (expressed[o] - portrait[o]) + larynx * this.#throat[2 * k],
          this.#rings[3 * k + 1] +
            follow * (expressed[o + 1] - portrait[o + 1]) +
            larynx * this.#throat[2 * k + 1] -
            breath * this.#lifts[k],
          this.#rings[3 * k + 2] +
            depthShift[SKIN_POINTS + k] +
            follow * (expressed[o + 2] - portrait[o + 2]),
          this.#shares[k],
          posed,
          3 * (SKIN_POINTS + k),
        );
        const x = 3 * (SKIN_POINTS + k);
        if (pose.scale < 1)
          posed[x] += this.#holds[k] * (1 / pose.scale - 1) * (posed[x] + framing.left - pose.anchor[0]);
      }
    }
    INNER_LOWER_LIP.forEach((lower, i) => {
      posed.copyWithin(3 * GAP_RIM[i], 3 * lower, 3 * lower + 3);
    });
  }
}

/** Steps of `towards` from `from` until picture and portrait lie well behind; all in view fractions. */
function stepsOut(from: readonly number[], towards: readonly number[], framing: Framing): number {
  const first = [Math.min(0, framing.left), Math.min(0, framing.top)];
  const last = [Math.max(1, framing.right), Math.max(1, framing.bottom)];
  const along = (axis: number) => {
    const edge = towards[axis] < 0 ? first[axis] - BEYOND : last[axis] + BEYOND;
    return towards[axis] === 0 ? Number.POSITIVE_INFINITY : (edge - from[axis]) / towards[axis];
  };
  return Math.min(along(0), along(1));
}
