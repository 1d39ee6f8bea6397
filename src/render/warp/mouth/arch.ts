/**
 * A curved sheet that turns with the head, for rows of teeth and lips: a plate bent backwards from its middle line. Seen
 * aslant its far half is foreshortened more than its near one, as a jaw's is.
 */
import { type HeadPose, posePoint } from '../head/head-pose.ts';
import { Plate } from '../head/plate.ts';

const WIDEST_CM = 3.2;
/** Share of the light that comes from all around; the rest comes from where the viewer is. */
const AMBIENT = 0.5;
/** What shines on the part that faces the viewer, and how small that part is. */
const SHINE = 0.09;
const SHINE_POWER = 16;
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
  /** How far one unit of its right and of its front lead towards the viewer. */
  readonly #rightToViewer: number;
  readonly #outToViewer: number;
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
    const toViewer = (axis: readonly number[]) =>
      (pose.rotation[6] * axis[0] + pose.rotation[7] * axis[1] + pose.rotation[8] * axis[2]) /
      Math.hypot(...axis);
    this.#rightToViewer = toViewer(right);
    this.#outToViewer = toViewer(out);
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

  /**
   * Light on the located place against that in a head that faces the viewer, and on its front: what turns towards the
   * light grows brighter, what turns away darker, and what shines stays where the light is.
   */
  get light(): number {
    const slope = 2 * this.#bend * this.x;
    const straight = 1 / Math.sqrt(1 + slope * slope);
    const facing = Math.max(0, straight * (slope * this.#rightToViewer + this.#outToViewer));
    const shine = SHINE * facing ** SHINE_POWER;
    return (AMBIENT + (1 - AMBIENT) * facing) / (AMBIENT + (1 - AMBIENT) * straight) + shine;
  }
}
