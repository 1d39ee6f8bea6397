/**
 * A curved sheet that turns with the head, for rows of teeth and lips: a plate bent backwards from its middle line. Seen
 * aslant its far half is foreshortened more than its near one, as a jaw's is.
 */
import { type HeadPose, posePoint } from '../head/head-pose.ts';
import { Plate } from '../head/plate.ts';

const WIDEST_CM = 3.2;
/** Steps towards the place on the sheet that a pixel shows; the second one moves it by less than a pixel. */
const STEPS = 2;

export interface ArchPlace {
  /** Middle of the arch in view fractions before the head turns. */
  centre: readonly number[];
  /** One centimetre to the right, down and out of the head, view fractions. */
  right: readonly number[];
  down: readonly number[];
  out: readonly number[];
  /** Depth behind the front is this times x², per centimetre. */
  bend: number;
}

export class Arch {
  readonly #plate: Plate;
  readonly #bend: number;
  /** What one centimetre out of the head adds to the plate's coordinates. */
  readonly #outX: number;
  readonly #outY: number;
  /** Filled by `locate`: centimetres on the sheet from its middle, and its depth behind its front. */
  x = 0;
  y = 0;
  depth = 0;

  constructor(pose: HeadPose, { centre, right, down, out, bend }: ArchPlace) {
    this.#bend = bend;
    this.#plate = new Plate(pose, centre, right, down);
    const tip = new Float32Array(3);
    posePoint(pose, centre[0] + out[0], centre[1] + out[1], centre[2] + out[2], 1, tip, 0);
    const { pixelsPerView } = pose.framing;
    this.#plate.locate(tip[0] * pixelsPerView, tip[1] * pixelsPerView);
    this.#outX = this.#plate.x;
    this.#outY = this.#plate.y;
  }

  /** For a pixel position. */
  locate(px: number, py: number): void {
    this.#plate.locate(px, py);
    let { x } = this.#plate;
    for (let step = 0; step < STEPS; step++) {
      const aside = Math.min(WIDEST_CM, Math.abs(x));
      this.depth = this.#bend * aside * aside;
      x = this.#plate.x + this.depth * this.#outX;
    }
    this.x = x;
    this.y = this.#plate.y + this.depth * this.#outY;
  }
}
