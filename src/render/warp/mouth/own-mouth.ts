/**
 * A portrait that shows its teeth is shown with its own mouth, corners, edges and all, wherever its lips are as they are
 * there: at rest, while it listens, and in between words.
 */
import { distance, midpoint } from '../../../face/landmarks.ts';
import {
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../../../face/topology.ts';
import type { I420 } from '../../../image/i420.ts';
import { smoothstep } from '../../../image/planes.ts';
import type { HeadPose } from '../head/head-pose.ts';
import { headAxis } from '../head/plate.ts';
import { drawOverlay } from '../pixels/overlay.ts';
import type { Yuva } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';
import { Arch } from './arch.ts';
import type { OwnTeethLayer } from './own-teeth.ts';

/** Root mean square distance of the lips from where the portrait has them, mouth widths: alike, and no more so. */
const ALIKE = [0.012, 0.035] as const;
/** How lips are bent (see `ArchPlace`): with this they are found within 0.01 mouth widths at a turn of 15°. */
const LIPS_BEND = 0.15;
const LIPS = [
  MOUTH_CORNER.right,
  ...UPPER_LIP_RINGS[0],
  ...UPPER_LIP_RINGS[3],
  MOUTH_CORNER.left,
  ...LOWER_LIP_RINGS[0],
  ...LOWER_LIP_RINGS[3],
];

/** `posed`: landmarks after the head's turn, `[n·3]`, view fractions from the picture's corner. */
export function drawOwnMouth(
  picture: I420,
  rig: Rig,
  { place, mouth }: OwnTeethLayer,
  posed: Float32Array,
  pose: HeadPose,
): void {
  const { pixelsPerView } = pose.framing;
  const inPortrait = new PlaceInPortrait(rig, pose);
  let squares = 0;
  let [left, top, right, bottom] = [picture.width, picture.height, 0, 0];
  for (const i of LIPS) {
    const [x, y] = [posed[3 * i] * pixelsPerView, posed[3 * i + 1] * pixelsPerView];
    inPortrait.locate(x, y);
    squares += (inPortrait.u - rig.portrait[3 * i]) ** 2 + (inPortrait.v - rig.portrait[3 * i + 1]) ** 2;
    [left, top, right, bottom] = [
      Math.min(left, x),
      Math.min(top, y),
      Math.max(right, x),
      Math.max(bottom, y),
    ];
  }
  const width = distance(rig.portrait, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const strength = 1 - smoothstep(...ALIKE, Math.sqrt(squares / LIPS.length) / width);
  if (strength === 0) return;
  const texelsPerFraction = mouth.width / place.extent;
  const texel: Yuva = [0, 0, 0, 0];
  drawOverlay(picture, { left, top, right, bottom }, (x, y, out) => {
    inPortrait.locate(x, y);
    const tx = (inPortrait.u - place.origin[0]) * texelsPerFraction;
    const ty = (inPortrait.v - place.origin[1]) * texelsPerFraction;
    out[3] = 0;
    if (tx < 0 || ty < 0 || tx > mouth.width || ty > mouth.height) return;
    mouth.sample(tx, ty, texel);
    for (let k = 0; k < 3; k++) out[k] = texel[k];
    out[3] = strength * texel[3];
  });
}

/** Where the portrait has what a picture shows at a pixel of the lips. */
class PlaceInPortrait {
  readonly #sheet: Arch;
  readonly #centre: readonly number[];
  readonly #right: readonly number[];
  readonly #down: readonly number[];
  readonly #out: readonly number[];
  /** Filled by `locate`: view fractions. */
  u = 0;
  v = 0;

  constructor(rig: Rig, pose: HeadPose) {
    const { portrait, scale } = rig;
    this.#centre = midpoint(portrait, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE);
    this.#right = headAxis(rig, 'right', scale);
    this.#down = headAxis(rig, 'up', -scale);
    this.#out = headAxis(rig, 'out', scale);
    this.#sheet = new Arch(pose, {
      centre: this.#centre,
      right: this.#right,
      down: this.#down,
      out: this.#out,
      bend: LIPS_BEND,
    });
  }

  locate(px: number, py: number): void {
    this.#sheet.locate(px, py);
    this.u = this.#along(0);
    this.v = this.#along(1);
  }

  #along(axis: 0 | 1): number {
    const { x, y, depth } = this.#sheet;
    return this.#centre[axis] + x * this.#right[axis] + y * this.#down[axis] - depth * this.#out[axis];
  }
}
