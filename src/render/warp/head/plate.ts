/** A flat plate that turns with the head: maps picture pixels back onto it. */
import type { Rig } from '../rig.ts';
import { type HeadPose, posePoint } from './head-pose.ts';

/** Inverse of an affine map from plate coordinates to pixels. */
export class Plate {
  readonly #originX: number;
  readonly #originY: number;
  readonly #xPerX: number;
  readonly #xPerY: number;
  readonly #yPerX: number;
  readonly #yPerY: number;
  x = 0;
  y = 0;

  /**
   * `centre` [x, y, z] in view fractions before the head turns; `right` and `down` are the plate's unit steps
   * in view fractions.
   */
  constructor(pose: HeadPose, centre: readonly number[], right: readonly number[], down: readonly number[]) {
    const p = new Float32Array(9);
    posePoint(pose, centre[0], centre[1], centre[2], 1, p, 0);
    posePoint(pose, centre[0] + right[0], centre[1] + right[1], centre[2] + right[2], 1, p, 3);
    posePoint(pose, centre[0] + down[0], centre[1] + down[1], centre[2] + down[2], 1, p, 6);
    const { pixelsPerView } = pose.framing;
    const a = (p[3] - p[0]) * pixelsPerView;
    const b = (p[6] - p[0]) * pixelsPerView;
    const c = (p[4] - p[1]) * pixelsPerView;
    const d = (p[7] - p[1]) * pixelsPerView;
    const determinant = a * d - b * c || 1e-9;
    this.#originX = p[0] * pixelsPerView;
    this.#originY = p[1] * pixelsPerView;
    this.#xPerX = d / determinant;
    this.#xPerY = -b / determinant;
    this.#yPerX = -c / determinant;
    this.#yPerY = a / determinant;
  }

  /** Sets `x`, `y` to the plate coordinates of a pixel position. */
  locate(px: number, py: number): void {
    const dx = px - this.#originX;
    const dy = py - this.#originY;
    this.x = this.#xPerX * dx + this.#xPerY * dy;
    this.y = this.#yPerX * dx + this.#yPerY * dy;
  }
}

/** Unit vectors of the head as `[x, y, z]` view directions, times `length`. */
export function headAxis(rig: Rig, axis: 'right' | 'up' | 'out', length: number): [number, number, number] {
  const column = { right: 0, up: 1, out: 2 }[axis];
  return [length * rig.axes[column], length * rig.axes[3 + column], length * rig.axes[6 + column]];
}
