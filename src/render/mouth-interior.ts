/**
 * The mouth behind the lips: a dark cavity, the tongue, lower teeth that move with the jaw and upper teeth that
 * stay with the skull. Drawn only where the lips part.
 */

import { distance } from '../avatar/face-geometry.ts';
import {
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../avatar/face-topology.ts';
import { clamp, smoothstep } from '../avatar/planes.ts';
import type { Rig } from '../avatar/rig.ts';
import type { I420 } from '../media/i420.ts';
import { CHANNEL } from '../model/motion-frame.ts';
import type { HeadPose } from './head-pose.ts';
import { ATLAS_PIXELS_PER_CM, type MouthAtlas } from './mouth-atlas.ts';
import { Opening } from './opening.ts';
import { drawOverlay } from './overlay.ts';
import { headAxis, Plate } from './plate.ts';
import { Sprite, type Yuva } from './sprite.ts';

/** Mouth width of the canonical face, centimetres. */
const CANONICAL_MOUTH_CM = 4.912;
/** The front teeth lie behind the lips' middle by this much (measured on ICT-FaceKit). */
const TEETH_DEPTH_CM = 0.46;
/** Portraits' upper lips are shorter than ICT-FaceKit's: the teeth's edge stands lower, as it does in people. */
const UPPER_TEETH_DROP_CM = 0.22;
const LOWER_TEETH_DROP_CM = 0.12;
/** How the lower teeth move at coefficient 1 (ICT-FaceKit's lower incisors), centimetres right, up, out. */
const JAW_OPEN_CM = [0, -3.12, -2.47];
const JAW_SIDE_CM = 0.71;
const JAW_FORWARD_CM = 0.89;
/** The tongue's share of the jaw's way down, its way up when it shows between the teeth, and its rest depth. */
const TONGUE_FOLLOWS_JAW = 0.72;
const TONGUE_RISE_CM = 0.55;
const TONGUE_DEPTH_CM = 1.1;
/** The cavity against the lips: darker, and a little redder where there is colour. */
const CAVITY_LIGHT = 0.24;

/** What of the mouth stays the same from frame to frame. */
export interface MouthLayers {
  upper: Sprite;
  lower: Sprite;
  tongue: Sprite;
  /** Sprite texels per atlas centimetre. */
  texelsPerCm: number;
  /** View fractions per centimetre of this mouth, across and upright. */
  across: number;
  upright: number;
  centre: [number, number, number];
  /** Colour of the lips, and how strongly their rims are painted with it: 1 where the portrait's lips part. */
  lips: readonly [number, number, number];
  rimStrength: number;
}

export function prepareMouth(rig: Rig, atlas: MouthAtlas, size: number): MouthLayers {
  const { rest, scale } = rig;
  const relative = distance(rest, MOUTH_CORNER.left, MOUTH_CORNER.right) / (CANONICAL_MOUTH_CM * scale);
  const across = scale * Math.min(1.25, Math.max(0.8, relative));
  const upright = scale * Math.sqrt(Math.min(1.25, Math.max(0.8, relative)));
  const factor = Math.min(1, (1.2 * across * size) / ATLAS_PIXELS_PER_CM);
  const upper = tint(atlas.upper.reduced(factor), rig);
  return {
    upper,
    lower: tint(atlas.lower.reduced(factor), rig),
    tongue: tint(atlas.tongue.reduced(factor), rig),
    texelsPerCm: (ATLAS_PIXELS_PER_CM * upper.width) / atlas.upper.width,
    across,
    upright,
    lips: lipColour(rig),
    rimStrength: smoothstep(
      0.015,
      0.06,
      distance(rig.portrait, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) /
        distance(rig.portrait, MOUTH_CORNER.left, MOUTH_CORNER.right),
    ),
    centre: [0, 1, 2].map(
      (axis) => 0.5 * (rest[3 * UPPER_LIP_MIDDLE + axis] + rest[3 * LOWER_LIP_MIDDLE + axis]),
    ) as [number, number, number],
  };
}

/** Mean colour on the middle of both lips. */
function lipColour({ person, portrait, size }: Rig): [number, number, number] {
  const points = [...UPPER_LIP_RINGS[1], ...LOWER_LIP_RINGS[1]];
  const mean = (plane: Uint8Array, side: number) => {
    const pick = (i: number) => {
      const x = clamp(Math.floor(portrait[3 * i] * side), 0, side - 1);
      const y = clamp(Math.floor(portrait[3 * i + 1] * side), 0, side - 1);
      return plane[y * side + x];
    };
    return points.reduce((sum, i) => sum + pick(i), 0) / points.length;
  };
  return [mean(person.y, size), mean(person.u, size / 2), mean(person.v, size / 2)];
}

function cavityColour([y, u, v]: readonly [number, number, number]): readonly [number, number, number] {
  const colourful = Math.min(1, Math.hypot(u - 128, v - 128) / 20);
  return [16 + CAVITY_LIGHT * (y - 16), 128 + 0.6 * (u - 128), 128 + 0.6 * (v - 128) + 5 * colourful];
}

/** Puts the atlas into the portrait's light. Returns a new sprite. */
function tint({ width, height, texels }: Sprite, { mouthLight }: Rig): Sprite {
  const { gain, saturation, u, v } = mouthLight;
  const lit = texels.slice();
  for (let i = 0; i < lit.length; i += 4) {
    const alpha = lit[i + 3];
    lit[i] = 16 * alpha + gain * (lit[i] - 16 * alpha);
    lit[i + 1] = alpha * (128 + u) + gain * saturation * (lit[i + 1] - 128 * alpha);
    lit[i + 2] = alpha * (128 + v) + gain * saturation * (lit[i + 2] - 128 * alpha);
  }
  return new Sprite(width, height, lit);
}

/** `posed`: landmarks after the head's turn, `[n·3]`. */
export function drawMouth(
  picture: I420,
  rig: Rig,
  layers: MouthLayers,
  frame: Float32Array,
  posed: Float32Array,
  pose: HeadPose,
): void {
  const size = picture.width;
  const opening = new Opening(
    posed,
    size,
    INNER_MOUTH_CORNER.right,
    INNER_UPPER_LIP,
    INNER_LOWER_LIP,
    INNER_MOUTH_CORNER.left,
  );
  // Lips that touch show their own seam.
  const strength = smoothstep(0.25, 1.2, opening.gap);
  if (strength === 0 && layers.rimStrength === 0) return;
  const jaw = frame[CHANNEL.jawOpen];
  const jawCm = [
    JAW_SIDE_CM * (frame[CHANNEL.jawLeft] - frame[CHANNEL.jawRight]),
    jaw * JAW_OPEN_CM[1] - LOWER_TEETH_DROP_CM,
    jaw * JAW_OPEN_CM[2] + JAW_FORWARD_CM * frame[CHANNEL.jawForward] - TEETH_DEPTH_CM,
  ];
  const tongueOut = frame[CHANNEL.tongueOut];
  const tongueCm = [
    jawCm[0],
    TONGUE_FOLLOWS_JAW * jawCm[1] + TONGUE_RISE_CM * tongueOut,
    jawCm[2] - TONGUE_DEPTH_CM * (1 - tongueOut),
  ];
  const upperPlate = plateAt(rig, layers, pose, size, [0, -UPPER_TEETH_DROP_CM, -TEETH_DEPTH_CM]);
  const lowerPlate = plateAt(rig, layers, pose, size, jawCm);
  const tonguePlate = plateAt(rig, layers, pose, size, tongueCm);
  const cavity = cavityColour(layers.lips);
  const shadowReach = 0.1 * opening.width;
  const feather = Math.max(1, size / 420);
  const slit = Math.max(3, 0.07 * opening.width);
  const layer: Yuva = [0, 0, 0, 0];

  const cover = (sprite: Sprite, plate: Plate, x: number, y: number, out: Yuva, share: number) => {
    plate.locate(x, y);
    const tx = sprite.width / 2 + plate.x * layers.texelsPerCm;
    const ty = sprite.height / 2 + plate.y * layers.texelsPerCm;
    if (tx < 0 || ty < 0 || tx > sprite.width || ty > sprite.height) return;
    sprite.sample(tx, ty, layer);
    const alpha = share * layer[3];
    for (let k = 0; k < 3; k++) out[k] += alpha * (layer[k] - out[k]);
  };

  // Between rims that lie apart in the portrait the map runs across its teeth: paint over that row of pixels.
  const rimWidth = Math.max(1, size / 340);
  const rimShade = 0.85 - 0.35 * (1 - strength);
  const paintRim = (out: Yuva) => {
    const nearest = Math.min(Math.abs(opening.belowUpper), Math.abs(opening.aboveLower));
    const ends = smoothstep(0, 0.06, Math.min(opening.along, 1 - opening.along));
    const rim = layers.rimStrength * ends * Math.exp(-((nearest / rimWidth) ** 4));
    if (rim < 0.01) return;
    const alpha = rim + out[3] * (1 - rim);
    for (let k = 0; k < 3; k++) {
      const lip = k === 0 ? 16 + rimShade * (layers.lips[0] - 16) : layers.lips[k];
      out[k] = (rim * lip + out[3] * (1 - rim) * out[k]) / alpha;
    }
    out[3] = alpha;
  };

  drawOverlay(picture, opening.bounds(2 + 2 * rimWidth), (x, y, out) => {
    out[3] = 0;
    if (!opening.locate(x, y)) return;
    shadeInside(x, y, out);
    paintRim(out);
  });

  function shadeInside(x: number, y: number, out: Yuva): void {
    const coverage = strength * opening.coverage(feather);
    if (coverage === 0) return;
    out[0] = cavity[0];
    out[1] = cavity[1];
    out[2] = cavity[2];
    if (tongueOut < 0.5) cover(layers.tongue, tonguePlate, x, y, out, 1);
    cover(layers.lower, lowerPlate, x, y, out, 1);
    if (tongueOut >= 0.5) cover(layers.tongue, tonguePlate, x, y, out, 1);
    cover(layers.upper, upperPlate, x, y, out, 1);
    // The lips throw shadow inwards, the cheeks at the corners.
    const fromUpper = Math.exp(-Math.max(0, opening.belowUpper) / shadowReach);
    const fromLower = Math.exp(-Math.max(0, opening.aboveLower) / (0.6 * shadowReach));
    const fromCorner = 1 - smoothstep(0, 0.24, Math.min(opening.along, 1 - opening.along));
    const shade = (1 - 0.5 * fromUpper) * (1 - 0.3 * fromLower) * (1 - 0.45 * fromCorner);
    for (let k = 0; k < 3; k++) out[k] = cavity[k] + shade * (out[k] - cavity[k]);
    // A slit shows the lips' own dark seam, not the mouth.
    out[3] = coverage * smoothstep(0.5, slit, opening.belowUpper + opening.aboveLower);
  }
}

/** A plate in centimetres of this mouth, `offset` right, up, out from the middle of the closed lips. */
function plateAt(
  rig: Rig,
  layers: MouthLayers,
  pose: HeadPose,
  size: number,
  offset: readonly number[],
): Plate {
  const right = headAxis(rig, 'right', layers.across);
  const up = headAxis(rig, 'up', layers.upright);
  const out = headAxis(rig, 'out', layers.upright);
  const centre = layers.centre.map(
    (value, axis) => value + offset[0] * right[axis] + offset[1] * up[axis] + offset[2] * out[axis],
  );
  return new Plate(
    pose,
    size,
    centre,
    right,
    up.map((value) => -value),
  );
}
