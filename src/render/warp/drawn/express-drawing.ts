/**
 * What of a drawing's face is warped: brows, and the chin, which goes down a little as the mouth opens. All else of an
 * expression is drawn: a warp would bend lines that animators keep.
 */
import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { headUp, height } from '../../../face/landmarks.ts';
import { CHIN, EYES, NOSE_TIP, SIDES, SKIN_POINTS } from '../../../face/topology.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { Blend } from '../head/blendshapes.ts';
import type { Rig } from '../rig.ts';

const BROWS: readonly MotionChannel[] = [
  'browInnerUp',
  'browOuterUpLeft',
  'browOuterUpRight',
  'browDownLeft',
  'browDownRight',
];
/** The chin goes down by this share of the face's height with the jaw fully open. */
const CHIN_DROP = 0.075;
const JAW = 0.62;
/** Places between the nose's tip (0) and the chin (1) that begin to go with it, and that go with it. */
const FOLLOWS = [0.1, 0.9] as const;

export class DrawingExpression {
  readonly #rig: Rig;
  readonly #blend: Blend;
  readonly #brows: Float32Array;
  /** How much each point goes with brows and chin. */
  readonly #browShares: Float32Array;
  readonly #chinShares: Float32Array;
  readonly #rest: Float32Array;
  readonly #up: readonly number[];

  /** `blend`: of the rig. */
  constructor(rig: Rig, blend: Blend) {
    this.#rig = rig;
    this.#blend = blend;
    this.#brows = new Float32Array(Object.keys(CHANNEL).length);
    this.#rest = blend(this.#brows).slice();
    this.#up = headUp(rig.axes);
    const at = (point: number) => height(rig.portrait, point, this.#up);
    const [nose, chin] = [at(NOSE_TIP), at(CHIN)];
    const eyes = Math.max(...SIDES.flatMap((side) => EYES[side].upperLid.map(at)));
    const above = 0.04 * rig.faceHeight;
    const points = Array.from({ length: SKIN_POINTS }, (_, i) => at(i));
    this.#browShares = Float32Array.from(points, (value) => smoothstep(eyes, eyes + above, value));
    this.#chinShares = Float32Array.from(points, (value) =>
      smoothstep(...FOLLOWS, (nose - value) / (nose - chin)),
    );
  }

  /** Landmarks of the portrait as a frame moves them, `[478·3]`, before the head turns. */
  express(frame: Float32Array): Float32Array {
    const points = this.#rig.portrait.slice();
    for (const name of BROWS) this.#brows[CHANNEL[name]] = frame[CHANNEL[name]];
    const moved = BROWS.some((name) => frame[CHANNEL[name]] !== 0) ? this.#blend(this.#brows) : undefined;
    const drop = CHIN_DROP * this.#rig.faceHeight * clamp(frame[CHANNEL.jawOpen] / JAW, 0, 1);
    for (let i = 0; i < SKIN_POINTS; i++) {
      const [brow, chin] = [this.#browShares[i], drop * this.#chinShares[i]];
      for (let axis = 0; axis < 3; axis++) {
        const k = 3 * i + axis;
        if (moved) points[k] += brow * (moved[k] - this.#rest[k]);
        points[k] -= chin * this.#up[axis];
      }
    }
    return points;
  }
}
