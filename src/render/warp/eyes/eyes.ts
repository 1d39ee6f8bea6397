/**
 * The eyes behind the lids: an eyeball whose iris follows the gaze, and the lash line that comes down with the
 * upper lid. Where neither lids nor gaze have moved, the portrait's own pixels stay.
 */
import { gazeOf } from '../../../face/gaze.ts';
import { EYES } from '../../../face/topology.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import { type HeadPose, posePoint } from '../head/head-pose.ts';
import { Opening } from '../head/opening.ts';
import { drawOverlay } from '../pixels/overlay.ts';
import { layOver, Sprite, type Yuva } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';
import { type EyeLayers, EyeLook } from './eye-look.ts';
import { LashLine } from './lash-line.ts';
import { BEYOND_CORNER, LidPaint } from './lid-paint.ts';

/** A shut lid overlaps the lower one by this share of the open eye's height: what the mesh leaves open there is covered. */
const LID_OVERLAP = { photographed: 0.13, drawn: 0.03 };

/** Lids that close by more than these shares of the eye's height shade it no more as in the portrait. */
const OWN_SHADE_ENDS = [0.4, 0.8] as const;

/** A portrait with so little fine detail is blurred: a crisp lash line would stand out on it. */
const BLURRED = [0.1, 0.03] as const;

export function prepareEye(rig: Rig, side: 'left' | 'right', pixelsPerView: number): EyeLayers {
  const eye = rig.eyes[side];
  const factor = (1.2 * eye.patchExtent * pixelsPerView) / eye.patchSize;
  return {
    sclera: toSprite(eye.sclera, eye.patchSize).reduced(factor),
    iris: toSprite(eye.iris, eye.patchSize).reduced(factor),
    catchlight: toSprite(eye.catchlight, eye.patchSize).reduced(factor),
    shadedSclera: toSprite(eye.shadedSclera, eye.patchSize).reduced(factor),
    lidSkin: toSprite(eye.lidSkin, eye.patchSize).reduced(factor),
    ownOpening: eyeOpening(rig.portrait, side, pixelsPerView).gap / pixelsPerView,
  };
}

/** Between the lids. `posed`: landmarks `[n·3]`. */
function eyeOpening(posed: Float32Array, side: 'left' | 'right', pixelsPerView: number): Opening {
  const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
  return new Opening(posed, pixelsPerView, outerCorner, upperLid, lowerLid, innerCorner, BEYOND_CORNER.outer);
}

/** Of colours `[size²·3]`, or colours and coverage `[size²·4]`. */
function toSprite(colours: Uint8Array, size: number): Sprite {
  const texels = new Float32Array(size * size * 4);
  const stride = colours.length / (size * size);
  for (let i = 0; i < size * size; i++) {
    const alpha = stride === 4 ? colours[4 * i + 3] / 255 : 1;
    for (let k = 0; k < 3; k++) texels[4 * i + k] = alpha * colours[stride * i + k];
    texels[4 * i + 3] = alpha;
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
  const eye = rig.eyes[side];
  if (!eye.found) return;
  const { pixelsPerView } = pose.framing;
  const opening = eyeOpening(posed, side, pixelsPerView);
  const openingNow = opening.gap / pixelsPerView / pose.scale;
  const closure = clamp(1 - openingNow / Math.max(1e-6, layers.ownOpening), -1, 1);
  const gaze = gazeOf(frame, side);
  const moved = Math.max(
    smoothstep(0.02, 0.1, Math.hypot(gaze.yaw, gaze.pitch)),
    smoothstep(0.04, 0.16, Math.abs(closure)),
  );
  if (moved === 0) return;
  const layer: Yuva = [0, 0, 0, 0];
  const ownShade = 1 - smoothstep(...OWN_SHADE_ENDS, closure);
  const atRest = lidsAtRest(rig, side, pose);
  const look = new EyeLook(rig, eye, layers, pose, gaze, opening.down);
  const feather = Math.max(1, pixelsPerView / 420);
  const { drawn } = rig;
  const blur = drawn ? 0 : smoothstep(...BLURRED, rig.limits.detail);
  const lashes = new LashLine(eye, opening, closure, { drawn, blur });
  const lid = closure > 0.05 ? new LidPaint(drawn, atRest, closure) : undefined;
  const shut = smoothstep(0.8, 1, closure);
  const overlap = lid ? LID_OVERLAP[drawn ? 'drawn' : 'photographed'] * shut * lid.height : 0;
  const bounds = opening.bounds(2 + lashes.reach);
  if (lid) bounds.top -= lid.height;
  drawOverlay(picture, bounds, (x, y, out) => {
    out[3] = 0;
    if (!opening.locate(x, y)) return;
    const belowEdge = opening.belowUpper - overlap;
    if (lid && (belowEdge < 0.5 * feather || !opening.inside)) {
      // Of the white, a row of pixels sticks to the lid's edge.
      const opaque = shut * smoothstep(-3 * feather, -feather, opening.belowUpper);
      const paint = lid.strength(x, y, belowEdge, feather, opaque);
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
      look.shade(x, y, opening.belowUpper / opening.width, lower, ownShade, layer);
      // The lid's shadow falls on the ball; the portrait's own is already in the texture.
      if (closure > 0) {
        const shadow = 0.3 * closure * Math.exp(-Math.max(0, opening.belowUpper) / (0.12 * opening.width));
        layer[0] = 16 + (1 - shadow) * (layer[0] - 16);
      }
      layOver(layer, coverage, out);
    }
    lashes.draw(belowEdge, feather, out);
  });
}

/** The lids as they are open in the portrait, on the head as it is turned. */
function lidsAtRest(rig: Rig, side: 'left' | 'right', pose: HeadPose): Opening {
  const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
  const chain = [outerCorner, ...upperLid, innerCorner, ...lowerLid];
  const points = new Float32Array(3 * chain.length);
  chain.forEach((point, i) => {
    const [x, y, z] = rig.portrait.subarray(3 * point, 3 * point + 3);
    posePoint(pose, x, y, z, 1, points, 3 * i);
  });
  const index = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
  return new Opening(points, pose.framing.pixelsPerView, 0, index(1, 7), index(9, 7), 8, BEYOND_CORNER.outer);
}
