/**
 * Shade that moves with the face: what its light makes of the skin around the mouth when it looks elsewhere than at
 * rest. A factor on luma, 1 at rest and far from the lips; drawn on the picture, whatever made it.
 */

import { CHANNEL, MOTION_SIZE } from '../../../contract/motion-frame.ts';
import { FACE_OVAL, LIP_POINTS, SKIN_POINTS } from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp } from '../../../image/planes.ts';
import { expressFace } from '../head/face-motion.ts';
import type { Framing } from '../head/framing.ts';
import type { Rig } from '../rig.ts';
import { LumaFactors } from './luma-factors.ts';
import { MeshSmoother, meshSteps } from './mesh-smoother.ts';
import { skinNormals } from './normals.ts';

const TRIANGLES = Uint16Array.from(FACE_TRIANGLES);
/** No skin is lit less than this, in shares of the brightest, before it moves. */
const DARKEST = 0.45;
const DARKER = -0.14;
const BRIGHTER = 0.1;
/** Triangles are flat, skin is round: how often changes are spread over the mesh. Lips get that of the skin beside. */
const SPREAD = 3;
/**
 * How much of what the mesh says is believed, by steps on it from the lips; nothing of what lies further away, where it
 * does not foresee the shade of true faces (every second one of bench/ground-truth's people).
 */
const BELIEVED = [0, 1, 0.5];
/** Below this nothing is seen of a change. */
const UNSEEN = 0.003;
/** Cells to a face height. */
const CELLS = 32;

export class SkinShade {
  readonly #rig: Rig;
  readonly #pixelsPerView: number;
  readonly #isLit: boolean;
  readonly #atRest: Float32Array;
  readonly #factors: LumaFactors;
  readonly #smoother = new MeshSmoother(TRIANGLES, SKIN_POINTS, FACE_OVAL);
  readonly #believed: Float32Array;
  readonly #normals = new Float32Array(3 * SKIN_POINTS);
  readonly #shades = new Float32Array(SKIN_POINTS);

  constructor(rig: Rig, framing: Framing) {
    this.#rig = rig;
    this.#pixelsPerView = framing.pixelsPerView;
    this.#isLit = rig.skinLight.some((part) => part !== 0);
    this.#factors = new LumaFactors(framing, (rig.faceHeight * framing.pixelsPerView) / CELLS);
    this.#believed = Float32Array.from(
      meshSteps(TRIANGLES, SKIN_POINTS, LIP_POINTS),
      (steps) => BELIEVED[steps] ?? 0,
    );
    for (const point of FACE_OVAL) this.#believed[point] = 0;
    this.#shade(expressFace(rig, new Float32Array(MOTION_SIZE)));
    this.#atRest = this.#shades.slice();
  }

  /**
   * `expressed`: landmarks after `expressFace`, `posed`: of the head mesh, as it is drawn. Lips that are pushed out
   * gather the skin around them in ways that the mesh does not have.
   */
  draw(picture: I420, motion: Float32Array, expressed: Float32Array, posed: Float32Array): void {
    const believed = 1 - motion[CHANNEL.mouthPucker] - motion[CHANNEL.mouthFunnel];
    if (!this.#isLit || believed <= 0) return;
    const changes = this.#shades;
    this.#shade(expressed);
    for (let i = 0; i < SKIN_POINTS; i++) {
      const change = clamp(changes[i] / this.#atRest[i] - 1, DARKER, BRIGHTER);
      changes[i] = believed * this.#believed[i] * change;
    }
    this.#smoother.smooth(changes, SPREAD);
    let most = 0;
    for (let i = 0; i < SKIN_POINTS; i++) most = Math.max(most, Math.abs(changes[i]));
    if (most < UNSEEN) return;
    this.#factors.fill(posed, this.#pixelsPerView, changes, TRIANGLES);
    this.#factors.apply(picture);
  }

  #shade(points: Float32Array): void {
    const x = this.#rig.skinLight[0];
    const y = this.#rig.skinLight[1];
    const z = this.#rig.skinLight[2];
    const normals = skinNormals(points, this.#normals);
    for (let i = 0; i < SKIN_POINTS; i++) {
      const n = 3 * i;
      this.#shades[i] = Math.max(DARKEST, 1 + x * normals[n] + y * normals[n + 1] + z * (normals[n + 2] - 1));
    }
  }
}
