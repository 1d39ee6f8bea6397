/** What an eyeball shows: its white as lids shade it, the iris where it looks, and the skin of the lid before it. */
import { smoothstep } from '../../../image/planes.ts';
import type { HeadPose } from '../head/head-pose.ts';
import { headAxis, Plate } from '../head/plate.ts';
import type { Sprite, Yuva } from '../pixels/sprite.ts';
import type { EyeRig, Rig } from '../rig.ts';
import { irisShadeAt } from './iris-shade.ts';

/**
 * A catchlight is the light's image in the cornea, whose centre lies about half as far from the centre of the eye as the
 * iris (5.7 of 10.4 mm, Gullstrand's eye): it goes by this share of the iris's way.
 */
const CATCHLIGHT_FOLLOWS = 0.55;
/** In radii of the iris: the cornea ends here, and what it mirrors with it. */
const CORNEA = [1, 1.2] as const;

/** What of an eye stays the same from frame to frame. */
export interface EyeLayers {
  sclera: Sprite;
  iris: Sprite;
  catchlight: Sprite;
  shadedSclera: Sprite;
  lidSkin: Sprite;
  /** Height of the portrait's own lid opening in view fractions. */
  ownOpening: number;
}

/** Colours of one eye for one gaze. */
export class EyeLook {
  readonly #plate: Plate;
  /** View fractions from the patch's corner to its middle, where the plate is. */
  readonly #half: number;
  readonly #eye: EyeRig;
  readonly #layers: EyeLayers;
  readonly #texels: number;
  /** Shift of the iris and its foreshortening, in the plate's units of view fractions. */
  readonly #shift: [number, number];
  readonly #squeeze: [number, number];
  /** Shift of the catchlight, which a turn of the head leaves where the light is. */
  readonly #lightShift: [number, number];
  readonly #down: readonly [number, number];
  readonly #iris: Yuva = [0, 0, 0, 0];
  readonly #white: Yuva = [0, 0, 0, 0];

  constructor(
    rig: Rig,
    eye: EyeRig,
    layers: EyeLayers,
    pose: HeadPose,
    gaze: { yaw: number; pitch: number },
    down: readonly [number, number],
  ) {
    this.#eye = eye;
    this.#down = down;
    this.#layers = layers;
    this.#texels = layers.sclera.width / eye.patchExtent;
    const half = eye.patchExtent / 2;
    this.#half = half;
    const centre = [eye.patchOrigin[0] + half, eye.patchOrigin[1] + half, eye.depth];
    // The patch is a cut-out of the picture: its axes are the picture's.
    this.#plate = new Plate(pose, centre, [1, 0, 0], [0, 1, 0]);
    const right = headAxis(rig, 'right', eye.eyeballRadius * Math.sin(gaze.yaw));
    const up = headAxis(rig, 'up', eye.eyeballRadius * Math.sin(gaze.pitch));
    this.#shift = [right[0] + up[0], right[1] + up[1]];
    const { rotation } = pose;
    this.#lightShift = [0, 1].map(
      (axis) =>
        CATCHLIGHT_FOLLOWS * this.#shift[axis] -
        (1 - CATCHLIGHT_FOLLOWS) * eye.eyeballRadius * rotation[3 * axis + 2],
    ) as [number, number];
    this.#squeeze = [1 / Math.cos(gaze.yaw), 1 / Math.cos(gaze.pitch)];
  }

  /** What a shut lid shows at a pixel. */
  skin(px: number, py: number, out: Yuva): void {
    this.#sample(this.#layers.lidSkin, px, py, out);
  }

  /**
   * What the eyeball shows at a pixel, `below` the upper lid (eye widths), shaded as the portrait is `lower` pixels below
   * it, to the share `ownShade`.
   */
  shade(px: number, py: number, below: number, lower: number, ownShade: number, out: Yuva): void {
    const { irisShade, patchOrigin, irisCentre, irisRadius } = this.#eye;
    this.#plate.locate(px, py);
    const x = this.#plate.x + this.#half;
    const y = this.#plate.y + this.#half;
    const dx = (x + patchOrigin[0] - irisCentre[0] - this.#shift[0]) * this.#squeeze[0];
    const dy = (y + patchOrigin[1] - irisCentre[1] - this.#shift[1]) * this.#squeeze[1];
    const away = Math.sqrt(dx * dx + dy * dy) / irisRadius;
    const alpha = 1 - smoothstep(0.96, 1.14, away);
    const white = this.#white;
    if (alpha > 0 || ownShade < 1) this.#layers.sclera.sample(x * this.#texels, y * this.#texels, white);
    if (ownShade > 0) {
      this.#sample(this.#layers.shadedSclera, px + lower * this.#down[0], py + lower * this.#down[1], out);
    }
    if (ownShade < 1) mix(white, ownShade, out, out);
    if (alpha === 0) return;
    const iris = this.#iris;
    this.#layers.iris.sample(
      (irisCentre[0] - patchOrigin[0] + dx) * this.#texels,
      (irisCentre[1] - patchOrigin[1] + dy) * this.#texels,
      iris,
    );
    // Else shadow takes the same share of the iris as of the white.
    const light = Math.min(irisShadeAt(irisShade, below), (out[0] - 16) / Math.max(1, white[0] - 16));
    iris[0] = 16 + light * (iris[0] - 16);
    mix(out, alpha, iris, out);
    this.#layers.catchlight.sample(
      (x - this.#lightShift[0]) * this.#texels,
      (y - this.#lightShift[1]) * this.#texels,
      iris,
    );
    mix(out, iris[3] * (1 - smoothstep(CORNEA[0], CORNEA[1], away)), iris, out);
  }

  /** Samples a patch at a pixel position. */
  #sample(patch: Sprite, px: number, py: number, out: Yuva): void {
    this.#plate.locate(px, py);
    patch.sample(
      (this.#plate.x + this.#half) * this.#texels,
      (this.#plate.y + this.#half) * this.#texels,
      out,
    );
  }
}

/** `share` of the way from one colour to another. */
function mix(from: Yuva, share: number, to: Yuva, out: Yuva): void {
  out[0] = from[0] + share * (to[0] - from[0]);
  out[1] = from[1] + share * (to[1] - from[1]);
  out[2] = from[2] + share * (to[2] - from[2]);
}
