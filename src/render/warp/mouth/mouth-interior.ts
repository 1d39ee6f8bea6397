/**
 * The mouth behind the lips: throat and cheeks, the tongue, lower teeth that move with the jaw and upper teeth that
 * stay with the skull, on arches that go back from the incisors. Drawn only where the lips part; light comes in
 * through the same opening.
 */

import { CHANNEL } from '../../../contract/motion-frame.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import type { HeadPose } from '../head/head-pose.ts';
import { mouthOpening } from '../head/opening.ts';
import { headAxis } from '../head/plate.ts';
import { drawOverlay } from '../pixels/overlay.ts';
import { layOver, type Sprite, type Yuva } from '../pixels/sprite.ts';
import type { Rig } from '../rig.ts';
import { Arch } from './arch.ts';
import { lightBetweenLips } from './light-between-lips.ts';
import { lipEdges } from './lip-edges.ts';
import { biteOf } from './lip-on-teeth.ts';
import type { MouthLayers } from './mouth-layers.ts';
import { ownTeethCover } from './own-teeth.ts';

/** The front teeth lie behind the lips' middle by this much (measured on ICT-FaceKit). */
const TEETH_DEPTH_CM = 0.46;
/** How rows of teeth are bent (see `ArchPlace`): measured on both jaws of ICT-FaceKit up to 2.8 cm. */
const TEETH_BEND = 0.3;
/** Portraits' upper lips are shorter than ICT-FaceKit's: the teeth's edge stands lower, as it does in people. */
const UPPER_TEETH_DROP_CM = 0.27;
const LOWER_TEETH_DROP_CM = 0.3;
/** The lower lip finds the edge of the upper teeth (f, v): what would be seen of them behind it are their necks. */
const BITTEN_RISE_CM = 0.3;
/** Light comes from above: the upper teeth and the upper lip leave so much of it to the lower teeth. */
const LOWER_TEETH_LIGHT = 0.82;
/** How the lower teeth move at coefficient 1 (ICT-FaceKit's lower incisors), centimetres right, up, out. */
const JAW_OPEN_CM = [0, -3.12, -2.47];
const JAW_SIDE_CM = 0.71;
const JAW_FORWARD_CM = 0.89;
/** The tongue's share of the jaw's way down. */
const TONGUE_FOLLOWS_JAW = 0.5;
/** Its tip lies at rest behind the lower teeth; it rises behind the upper ones (L), then comes out below them (TH). */
const TONGUE_DEPTH_CM = 0.9;
const TONGUE_RISE_CM = 0.42;
const TONGUE_RISEN = 0.1;
const TONGUE_OUT = [0.12, 0.28] as const;
const TONGUE_OUT_CM = -0.2;
/**
 * How far behind the lips' inner edges, where the light comes in, they lie in the middle of the mouth; `own`: as far as the
 * portrait does not show the upper lip's shadow on them itself.
 */
const BEHIND_LIPS_CM = { upper: 0.15, own: 0.07, lower: 0.3, tongue: 0.45, tongueOut: 0.1 } as const;
/** Lips follow the bend of the teeth for so much of it. */
const LIPS_FOLLOW_BEND = 0.5;
/** Round lips stand off the teeth. */
const PUCKER_CM = 2.2;
const FUNNEL_CM = 0.9;
/** The cheeks' lining is seen this far in from the lips, in mouth widths; behind it is the throat. */
const LINING_REACH = 0.07;

/** `posed`: landmarks after the head's turn, `[n·3]`. */
export function drawMouth(
  picture: I420,
  rig: Rig,
  layers: MouthLayers,
  frame: Float32Array,
  posed: Float32Array,
  pose: HeadPose,
): void {
  const { pixelsPerView } = pose.framing;
  const opening = mouthOpening(posed, pixelsPerView);
  // Lips that touch show their own seam.
  const strength = smoothstep(0.25, 1.2, opening.gap);
  if (strength === 0 && layers.ownParted === 0) return;
  const jaw = frame[CHANNEL.jawOpen];
  const jawCm = [
    JAW_SIDE_CM * (frame[CHANNEL.jawLeft] - frame[CHANNEL.jawRight]),
    jaw * JAW_OPEN_CM[1] - LOWER_TEETH_DROP_CM,
    jaw * JAW_OPEN_CM[2] + JAW_FORWARD_CM * frame[CHANNEL.jawForward] - TEETH_DEPTH_CM,
  ];
  const risen = smoothstep(0, TONGUE_RISEN, frame[CHANNEL.tongueOut]);
  const tongueOut = smoothstep(...TONGUE_OUT, frame[CHANNEL.tongueOut]);
  const raisedCm = TONGUE_FOLLOWS_JAW * jawCm[1] + TONGUE_RISE_CM * risen;
  const tongueCm = [
    jawCm[0],
    raisedCm + tongueOut * (TONGUE_OUT_CM - raisedCm),
    jawCm[2] - TONGUE_DEPTH_CM * (1 - tongueOut),
  ];
  const roundCm = PUCKER_CM * frame[CHANNEL.mouthPucker] + FUNNEL_CM * frame[CHANNEL.mouthFunnel];
  const tongueBehindCm =
    BEHIND_LIPS_CM.tongue + tongueOut * (BEHIND_LIPS_CM.tongueOut - BEHIND_LIPS_CM.tongue);
  const upperTeethCm = BITTEN_RISE_CM * biteOf(frame) - UPPER_TEETH_DROP_CM;
  const upperTeeth = archAt(rig, layers, pose, [0, upperTeethCm, -TEETH_DEPTH_CM]);
  const lowerTeeth = archAt(rig, layers, pose, jawCm);
  const tongue = archAt(rig, layers, pose, tongueCm);
  const { throat, lining, shadow, ownTeeth } = layers;
  const coverByOwnTeeth = ownTeeth && ownTeethCover(ownTeeth, pose, shadow);
  const cmPerPixel = 1 / (layers.upright * pixelsPerView * pose.scale);
  const liningReach = LINING_REACH * opening.width;
  const feather = Math.max(1.2, pixelsPerView / 300);
  const layer: Yuva = [0, 0, 0, 0];

  /** On what lies so far behind the lips at the located pixel. */
  const lightOn = (behindCm: number) =>
    lightBetweenLips(
      cmPerPixel * Math.max(0, opening.belowUpper),
      cmPerPixel * Math.max(0, opening.aboveLower),
      cmPerPixel * opening.aside,
      behindCm + roundCm,
    );
  /** Lays what an arch shows at the located pixel over `out`. */
  const cover = (sprite: Sprite, arch: Arch, behindCm: number, x: number, y: number, out: Yuva, lit = 1) => {
    arch.locate(x, y);
    const tx = sprite.width / 2 + arch.x * layers.texelsPerCm;
    const ty = sprite.height / 2 + arch.y * layers.texelsPerCm;
    if (tx < 0 || ty < 0 || tx > sprite.width || ty > sprite.height) return;
    sprite.sample(tx, ty, layer);
    if (layer[3] === 0) return;
    const light = lit * lightOn(behindCm + LIPS_FOLLOW_BEND * arch.depth) * arch.light;
    for (let k = 0; k < 3; k++) out[k] += layer[3] * (shadow[k] + light * (layer[k] - shadow[k]) - out[k]);
  };

  const edges = lipEdges(picture, opening, layers.ownParted, rig.lips);
  const inside: Yuva = [0, 0, 0, 0];
  drawOverlay(picture, opening.bounds(2 + edges.margin), (x, y, out) => {
    out[3] = 0;
    if (!opening.locate(x, y)) return;
    edges.draw(x, y, out);
    const thickness = clamp((opening.belowUpper + opening.aboveLower) / (2 * feather), 0, 1);
    const coverage = strength * thickness * opening.coverage(feather);
    if (coverage > 0) {
      shadeInside(x, y, inside);
      layOver(inside, coverage, out);
    }
  });

  function shadeInside(x: number, y: number, out: Yuva): void {
    const below = Math.max(0, opening.belowUpper);
    const above = Math.max(0, opening.aboveLower);
    const deep = 1 - Math.exp(-Math.min(below, above, opening.aside) / liningReach);
    for (let k = 0; k < 3; k++) out[k] = lining[k] + deep * (throat[k] - lining[k]);
    if (tongueOut < 0.5) cover(layers.tongue, tongue, tongueBehindCm, x, y, out);
    cover(layers.lower, lowerTeeth, BEHIND_LIPS_CM.lower, x, y, out, LOWER_TEETH_LIGHT);
    if (tongueOut >= 0.5) cover(layers.tongue, tongue, tongueBehindCm, x, y, out);
    if (coverByOwnTeeth) coverByOwnTeeth(x, y, lightOn(BEHIND_LIPS_CM.own), out);
    else cover(layers.upper, upperTeeth, BEHIND_LIPS_CM.upper, x, y, out);
  }
}

/** An arch `offset` centimetres right, up, out from the middle of the closed lips. */
function archAt(rig: Rig, layers: MouthLayers, pose: HeadPose, offset: readonly number[]): Arch {
  const right = headAxis(rig, 'right', layers.across);
  const up = headAxis(rig, 'up', layers.upright);
  const out = headAxis(rig, 'out', layers.upright);
  const centre = layers.centre.map(
    (value, axis) => value + offset[0] * right[axis] + offset[1] * up[axis] + offset[2] * out[axis],
  );
  return new Arch(pose, { centre, right, down: up.map((value) => -value), out, bend: TEETH_BEND });
}
