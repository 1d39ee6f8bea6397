/**
 * The eyes behind the lids: an eyeball whose iris follows the gaze, and the lash line that comes down with the
 * upper lid. Where neither lids nor gaze have moved, the portrait's own pixels stay.
 */
import { EYES } from '../avatar/face-topology.ts';
import { clamp, smoothstep } from '../avatar/planes.ts';
import type { EyeRig, Rig } from '../avatar/rig.ts';
import type { I420 } from '../media/i420.ts';
import { gazeOf } from './face-motion.ts';
import { type HeadPose, posePoint } from './head-pose.ts';
import { Opening } from './opening.ts';
import { drawOverlay } from './overlay.ts';
import { headAxis, Plate } from './plate.ts';
import { Sprite, type Yuva } from './sprite.ts';

/** A shut lid overlaps the lower one by this share of the open eye's height: what the mesh leaves open there is covered. */
const LID_OVERLAP = { photographed: 0.13, drawn: 0.03 };

/** Lids that close by more than these shares of the eye's height shade it no more as in the portrait. */
const OWN_SHADE_ENDS = [0.4, 0.8] as const;

/** A portrait with so little fine detail is blurred: a crisp lash line would stand out on it. */
const BLURRED = [0.1, 0.03] as const;

/** How dark the band of lashes and eyeliner is on a shutting lid: lids are never as dark all over as where they are darkest. */
const LASH_BAND = 0.9;

/** What of an eye stays the same from frame to frame. */
export interface EyeLayers {
  sclera: Sprite;
  iris: Sprite;
  shadedSclera: Sprite;
  lidSkin: Sprite;
  /** Height of the portrait's own lid opening in view fractions. */
  ownOpening: number;
}

export function prepareEye(rig: Rig, side: 'left' | 'right', size: number): EyeLayers {
  const eye = rig.eyes[side];
  const factor = (1.2 * eye.patchExtent * size) / eye.patchSize;
  return {
    sclera: toSprite(eye.sclera, eye.patchSize).reduced(factor),
    iris: toSprite(eye.iris, eye.patchSize).reduced(factor),
    shadedSclera: toSprite(eye.shadedSclera, eye.patchSize).reduced(factor),
    lidSkin: toSprite(eye.lidSkin, eye.patchSize).reduced(factor),
    ownOpening: eyeOpening(rig.portrait, side, size).gap / size,
  };
}

/** Between the lids. `posed`: landmarks `[n·3]`; `size`: side of the picture. */
function eyeOpening(posed: Float32Array, side: 'left' | 'right', size: number): Opening {
  const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
  return new Opening(posed, size, outerCorner, upperLid, lowerLid, innerCorner);
}

function toSprite(yuv: Uint8Array, size: number): Sprite {
  const texels = new Float32Array(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    for (let k = 0; k < 3; k++) texels[4 * i + k] = yuv[3 * i + k];
    texels[4 * i + 3] = 1;
  }
  return new Sprite(size, size, texels);
}

/** `posed`: landmarks after the head's turn, `[n·3]`. */
export function drawEye(
  picture: I420,
  rig: Rig,
  side: 'left' | 'right',
  layers: EyeLayers,
  frame: Float32Array,
  posed: Float32Array,
  pose: HeadPose,
): void {
  const size = picture.width;
  const eye = rig.eyes[side];
  if (!eye.found) return;
  const opening = eyeOpening(posed, side, size);
  const openingNow = opening.gap / size / pose.scale;
  const closure = clamp(1 - openingNow / Math.max(1e-6, layers.ownOpening), -1, 1);
  const gaze = gazeOf(frame, side);
  const moved = Math.max(
    smoothstep(0.02, 0.1, Math.hypot(gaze.yaw, gaze.pitch)),
    smoothstep(0.04, 0.16, Math.abs(closure)),
  );
  if (moved === 0) return;
  const layer: Yuva = [0, 0, 0, 0];
  const ownShade = 1 - smoothstep(...OWN_SHADE_ENDS, closure);
  const atRest = lidsAtRest(rig, side, pose, size);
  const look = new EyeLook(rig, eye, layers, pose, size, gaze, opening.down);
  const feather = Math.max(1, size / 420);
  // A drawing has one bold lash line from corner to corner; a person's shows as the lids meet.
  const drawn = eye.lidPaint === 1;
  const blur = drawn ? 0 : smoothstep(...BLURRED, rig.quality.measures.detail);
  const thickness = Math.max(0.7, (drawn ? 0.045 : 0.035 * (1 + blur)) * opening.width);
  const lid = closure > 0.05 ? new LidPaint(eye, atRest, closure) : undefined;
  const shut = smoothstep(0.8, 1, closure);
  const overlap = lid ? LID_OVERLAP[drawn ? 'drawn' : 'photographed'] * shut * lid.height : 0;
  const lashStrength = drawn
    ? smoothstep(0.05, 0.25, closure)
    : 0.75 * (1 - 0.35 * blur) * smoothstep(0.15, 0.8, closure);
  const lashEnds = drawn ? 0.03 : 0.12;
  const bandStrength = eye.lashBand ? LASH_BAND * (1 - blur) * smoothstep(0.05, 0.3, closure) : 0;
  const lashReach = 3 * thickness;
  const bounds = opening.bounds(2 + 2 * thickness);
  if (lid) bounds.top -= lid.height;
  drawOverlay(picture, bounds, (x, y, out) => {
    out[3] = 0;
    if (!opening.locate(x, y)) return;
    const belowEdge = opening.belowUpper - overlap;
    if (lid && belowEdge < 0.5 * feather) {
      // Of the white, a row of pixels sticks to the lid's edge.
      const opaque = shut * smoothstep(-3 * feather, -feather, opening.belowUpper);
      const paint = lid.strength(x, y, belowEdge / feather, opaque);
      if (paint > 0) {
        look.skin(x, y, layer);
        layOver(layer, paint, out);
      }
    }
    const coverage = moved * (1 - shut) * opening.coverage(feather);
    if (coverage > 0) {
      // What lids shade goes along with them, and in between as the eye opens and closes.
      let lower = 0;
      if (ownShade > 0 && atRest.locate(x, y)) {
        const t = clamp(opening.belowUpper / Math.max(1e-3, opening.belowUpper + opening.aboveLower), 0, 1);
        lower =
          (1 - t) * (opening.belowUpper - atRest.belowUpper) - t * (opening.aboveLower - atRest.aboveLower);
      }
      look.shade(x, y, lower, ownShade, layer);
      // The lid's shadow falls on the ball; the portrait's own is already in the texture.
      if (closure > 0) {
        const shadow = 0.3 * closure * Math.exp(-Math.max(0, opening.belowUpper) / (0.12 * opening.width));
        layer[0] = 16 + (1 - shadow) * (layer[0] - 16);
      }
      layOver(layer, coverage, out);
    }
    const band = bandStrength > 0 ? opening.width * bandHeight(eye.lashBand!, opening.along) : 0;
    if (band > 0 && belowEdge < feather) {
      layOver(
        eye.lash,
        bandStrength *
          smoothstep(-band - feather, -band + feather, belowEdge) *
          clamp(0.5 - belowEdge / feather, 0, 1),
        out,
      );
    }
    if (lashStrength > 0 && Math.abs(belowEdge) < lashReach) {
      const ends = smoothstep(0, lashEnds, Math.min(opening.along, 1 - opening.along));
      const lash = lashStrength * ends * Math.exp(-((belowEdge / thickness) ** 2));
      layOver(eye.lash, lash, out);
    }
  });
}

/** Of a band in eye widths at a place between the corners. */
function bandHeight(band: readonly number[], along: number): number {
  const at = clamp(along, 0, 1) * (band.length - 1);
  const i = Math.min(band.length - 2, Math.floor(at));
  return band[i] + (at - i) * (band[i + 1] - band[i]);
}

/** Lays an opaque colour of the given strength over what is there. */
function layOver(colour: readonly number[], strength: number, out: Yuva): void {
  const alpha = strength + out[3] * (1 - strength);
  if (alpha < 1e-3) return;
  for (let k = 0; k < 3; k++) {
    out[k] = (strength * colour[k] + out[3] * (1 - strength) * out[k]) / alpha;
  }
  out[3] = alpha;
}

/** The lids as they are open in the portrait, on the head as it is turned. */
function lidsAtRest(rig: Rig, side: 'left' | 'right', pose: HeadPose, size: number): Opening {
  const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
  const chain = [outerCorner, ...upperLid, innerCorner, ...lowerLid];
  const points = new Float32Array(3 * chain.length);
  chain.forEach((point, i) => {
    const [x, y, z] = rig.portrait.subarray(3 * point, 3 * point + 3);
    posePoint(pose, x, y, z, 1, points, 3 * i);
  });
  const index = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
  return new Opening(points, size, 0, index(1, 7), index(9, 7), 8);
}

/** Skin on the part of the upper lid that an open eye folds away. */
class LidPaint {
  /** Pixels from the open lid's edge down to the lower lid. */
  readonly height: number;
  readonly #open: Opening;
  readonly #strength: number;
  readonly #endsWidth: number;
  readonly #fadeFrom: number;
  readonly #fadeTo: number;

  constructor(eye: EyeRig, open: Opening, closure: number) {
    this.#open = open;
    this.height = this.#open.gap;
    this.#strength = eye.lidPaint * smoothstep(0.05, 0.3, closure);
    // A drawing's lash line and crease, which the lid carries down, lie above the open lid.
    const drawn = eye.lidPaint === 1;
    this.#endsWidth = drawn ? 0.02 : 0.05;
    this.#fadeFrom = (drawn ? -0.42 : -0.5) * this.height;
    this.#fadeTo = (drawn ? -0.34 : 0.3) * this.height;
  }

  /** `edge`: feathers below the lid's present edge (negative: on the lid); `opaque`: least strength, 0..1. */
  strength(x: number, y: number, edge: number, opaque: number): number {
    if (!this.#open.locate(x, y)) return 0;
    const endsWidth = (1 - 0.8 * opaque) * this.#endsWidth;
    const ends = smoothstep(0, endsWidth, Math.min(this.#open.along, 1 - this.#open.along));
    return (
      Math.max(this.#strength, opaque) *
      ends *
      smoothstep(this.#fadeFrom, this.#fadeTo, this.#open.belowUpper) *
      clamp(0.5 - edge, 0, 1)
    );
  }
}

/** Colours of one eye for one gaze. */
class EyeLook {
  readonly #plate: Plate;
  /** View fractions from the patch's corner to its middle, where the plate is. */
  readonly #half: number;
  readonly #eye: EyeRig;
  readonly #layers: EyeLayers;
  readonly #texels: number;
  /** Shift of the iris and its foreshortening, in the plate's units of view fractions. */
  readonly #shift: [number, number];
  readonly #squeeze: [number, number];
  readonly #down: readonly [number, number];
  readonly #iris: Yuva = [0, 0, 0, 0];
  readonly #white: Yuva = [0, 0, 0, 0];

  constructor(
    rig: Rig,
    eye: EyeRig,
    layers: EyeLayers,
    pose: HeadPose,
    size: number,
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
    this.#plate = new Plate(pose, size, centre, [1, 0, 0], [0, 1, 0]);
    const right = headAxis(rig, 'right', eye.eyeballRadius * Math.sin(gaze.yaw));
    const up = headAxis(rig, 'up', eye.eyeballRadius * Math.sin(gaze.pitch));
    this.#shift = [right[0] + up[0], right[1] + up[1]];
    this.#squeeze = [1 / Math.cos(gaze.yaw), 1 / Math.cos(gaze.pitch)];
  }

  /** What a shut lid shows at a pixel. */
  skin(px: number, py: number, out: Yuva): void {
    this.#sample(this.#layers.lidSkin, px, py, out);
  }

  /** What the eyeball shows at a pixel, shaded as the portrait is `lower` pixels below it, to the share `ownShade`. */
  shade(px: number, py: number, lower: number, ownShade: number, out: Yuva): void {
    const { patchOrigin, irisCentre, irisRadius } = this.#eye;
    this.#plate.locate(px, py);
    const [x, y] = [this.#plate.x + this.#half, this.#plate.y + this.#half];
    const dx = (x + patchOrigin[0] - irisCentre[0] - this.#shift[0]) * this.#squeeze[0];
    const dy = (y + patchOrigin[1] - irisCentre[1] - this.#shift[1]) * this.#squeeze[1];
    const alpha = 1 - smoothstep(0.96, 1.14, Math.hypot(dx, dy) / irisRadius);
    const white = this.#white;
    if (alpha > 0 || ownShade < 1) this.#layers.sclera.sample(x * this.#texels, y * this.#texels, white);
    if (ownShade > 0) {
      this.#sample(this.#layers.shadedSclera, px + lower * this.#down[0], py + lower * this.#down[1], out);
    }
    if (ownShade < 1) for (let k = 0; k < 3; k++) out[k] = white[k] + ownShade * (out[k] - white[k]);
    if (alpha === 0) return;
    const iris = this.#iris;
    this.#layers.iris.sample(
      (irisCentre[0] - patchOrigin[0] + dx) * this.#texels,
      (irisCentre[1] - patchOrigin[1] + dy) * this.#texels,
      iris,
    );
    // Shadow takes the same share of the iris as of the white.
    iris[0] = 16 + Math.min(1, (out[0] - 16) / Math.max(1, white[0] - 16)) * (iris[0] - 16);
    for (let k = 0; k < 3; k++) out[k] += alpha * (iris[k] - out[k]);
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
