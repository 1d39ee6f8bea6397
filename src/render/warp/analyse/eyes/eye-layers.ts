/**
 * Takes an eye of the portrait apart: the eyeball without its iris, and the whole iris without the lids that
 * cover part of it. What the portrait hides is filled from what it shows.
 */

import { EYES, type EyeTopology, SIDES } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp, interleave, type Plane, smoothstep } from '../../../../image/planes.ts';
import { pushPull } from '../../../../image/push-pull.ts';
import type { EyeRig } from '../../rig.ts';
import { skinColour } from '../skin-colour.ts';
import type { FoundEyes } from './find-eyes.ts';
import type { EyePatch, IrisCircle } from './iris-fit.ts';
import { catchlightsOfBoth, takeIris } from './iris-layers.ts';
import { measureLashBand, wornOnBoth } from './lash-band.ts';
import { shadeByLids } from './lid-shade.ts';
import { colourOfSkin, lidSkin, skinShare } from './lid-skin.ts';
import { litLid } from './lit-lid.ts';

/** An eyeball's radius is 0.41 of the visible eye's width (12 mm to 29 mm). */
export const EYEBALL_RADIUS = 0.42;
/** In radii: nearer than this the white is tinged by the iris's soft edge. */
const CLEAR_OF_IRIS = 1.3;
/** So far in colour (levels) from the eye's white are rims of lids and what is left of the iris. */
const OFF_WHITE = [8, 20] as const;
/** Of the light of the lid's skin and of the colour of the face's, the white has so much. */
const WHITE_LIGHT = 0.75;
const WHITE_COLOUR = 0.55;
/** Lashes that a portrait hardly shows meet in a line with at most this share of the lid's light. */
const LASH_LIGHT = 0.42;
/** Where the mesh has an eye there is one if the brightest of it has so many times the light of the darkest. */
const LEAST_CONTRAST = 1.5;
/** Shares of skin around an eye behind hair, and around the other one at least. Eyes in deep shade or behind glasses have 0.3. */
const [COVERED, UNCOVERED] = [0.1, 0.4];

/** The eyes are those of the same landmarks. */
export function takeEyesApart(
  { patches, irises }: FoundEyes,
  view: ColourPlanes,
  landmarks: Float32Array,
  drawn: boolean,
): Record<'left' | 'right', EyeRig> {
  const skin = skinColour(view, landmarks);
  const skins = patches.map((patch, i) => skinOf(patch, patches[1 - i], skin));
  const lids = patches.map((patch, i) => lidSkin(patch, skins[i], drawn));
  const own = patches.map((patch, i) => lashColour(patch, lids[i]));
  // A drawing's two eyes are inked alike: the lighter line was measured beside it.
  const lashes = drawn ? own.map(() => (own[0][0] < own[1][0] ? own[0] : own[1])) : own;
  const band = (i: 0 | 1) =>
    measureLashBand(patches[i], landmarks, EYES[SIDES[i]], { lash: lashes[i][0], lid: lids[i][0] });
  const bands = drawn ? [] : wornOnBoth([band(0), band(1)]);
  const whites = patches.map(({ planes, visible, size }, i) => {
    const { x, y, radius } = irises[i];
    return likeWhite(fillSclera(planes, visible, size, x, y, radius), lids[i], skins[i]);
  });
  const layers = patches.map((patch, i) => takeIris(patch, irises[i], whites[i][0]));
  const catchlights = catchlightsOfBoth(patches, irises, layers);
  const [left, right] = SIDES.map((side, i) => ({
    found: isEye(patches[i]) && (drawn || !isCovered(patches[i], patches[1 - i], skins[i], skin)),
    ...placeEye(patches[i], landmarks, EYES[side], irises[i]),
    sclera: interleave(whites[i]),
    shadedSclera: interleave(shadeByLids(patches[i], whites[i], irises[i])),
    iris: interleave(layers[i].iris),
    catchlight: catchlights[i],
    irisShade: layers[i].shade,
    lidSkin: interleave(drawn ? lids[i] : litLid(lids[i], patches[i], skins[i])),
    lash: lashes[i],
    lashBand: bands[i],
  }));
  return { left, right };
}

/** In a face that is turned away the mesh may have the far eye on the cheek. */
function isEye({ planes, inside }: EyePatch): boolean {
  // Above black by one level more, so that what has no light at all is no eye.
  const light = (q: number) => quantile(planes[0], inside, q) - 15;
  return light(0.9) > LEAST_CONTRAST * light(0.1);
}

/** The skin around an eye: the face's, or, in the shade of a face that light has bleached, the other eye's. */
function skinOf(patch: EyePatch, other: EyePatch, face: Yuv): Yuv {
  const bleached = skinShare(patch, face) < COVERED && skinShare(other, face) > UNCOVERED;
  return bleached ? colourOfSkin(other, face) : face;
}

/** Hair hangs before an eye that hardly any skin lies around, unlike around the other one. `skin`: of this eye. */
function isCovered(patch: EyePatch, other: EyePatch, skin: Yuv, face: Yuv): boolean {
  return skinShare(patch, skin) < COVERED && skinShare(other, face) > UNCOVERED;
}

function placeEye(
  { origin, extent, size, width }: EyePatch,
  landmarks: Float32Array,
  eye: EyeTopology,
  { x, y, radius }: IrisCircle,
) {
  const inView = extent / size;
  return {
    irisCentre: [origin[0] + inView * x, origin[1] + inView * y] as [number, number],
    irisRadius: inView * radius,
    eyeballRadius: EYEBALL_RADIUS * width,
    depth: 0.5 * (landmarks[3 * eye.outerCorner + 2] + landmarks[3 * eye.innerCorner + 2]) + 0.15 * width,
    patchOrigin: origin,
    patchExtent: extent,
    patchSize: size,
  };
}

function fillSclera(
  patch: Plane[],
  visible: Plane,
  size: number,
  cx: number,
  cy: number,
  r: number,
): Plane[] {
  const known = new Float32Array(visible.length);
  for (let i = 0; i < known.length; i++) {
    if (!visible[i]) continue;
    const away = Math.hypot((i % size) + 0.5 - cx, Math.floor(i / size) + 0.5 - cy);
    if (away > CLEAR_OF_IRIS * r) known[i] = 1;
  }
  // Lash tips and shadows are darker than the white beside them, rims redder: let the brighter part speak.
  const bright = quantile(patch[0], known, 0.6);
  const share = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (share < 0.002) {
    const skin = quantile(
      patch[0],
      visible.map((inside) => 1 - inside),
      0.5,
    );
    return [filled(size, clamp(1.15 * skin, 60, 215)), filled(size, 128), filled(size, 128)];
  }
  const whites = known.map((value, i) => (patch[0][i] >= bright ? value : 0));
  const [u, v] = [patch[1], patch[2]].map((plane) => ({ plane, white: quantile(plane, whites, 0.5) }));
  const weight = new Float32Array(known.length);
  for (let i = 0; i < weight.length; i++) {
    if (!known[i]) continue;
    const light = clamp((patch[0][i] - 0.55 * bright) / (0.3 * bright + 1), 0, 1);
    const colour = Math.hypot(u.plane[i] - u.white, v.plane[i] - v.white);
    weight[i] = light * (1 - smoothstep(OFF_WHITE[0], OFF_WHITE[1], colour));
  }
  return pushPull(patch, weight, size);
}

/** Narrow eyes and red rims show next to no white: it is at least as light as this, and no more colourful than that. */
function likeWhite([luma, ...colour]: readonly Plane[], [lidLuma]: readonly Plane[], skin: Yuv): Plane[] {
  const most = WHITE_COLOUR * Math.hypot(skin[1] - 128, skin[2] - 128);
  const light = luma.map((value, i) => Math.max(value, 16 + WHITE_LIGHT * (lidLuma[i] - 16)));
  const [u, v] = colour;
  const share = u.map((value, i) => Math.min(1, most / Math.max(1e-3, Math.hypot(value - 128, v[i] - 128))));
  return [light, ...colour.map((plane) => plane.map((value, i) => 128 + share[i] * (value - 128)))];
}

function filled(size: number, value: number): Plane {
  return new Float32Array(size * size).fill(value);
}

function quantile(plane: Plane, mask: Plane, q: number): number {
  const values = plane.filter((_, i) => mask[i] > 0).sort();
  return values[Math.floor(q * (values.length - 1))] ?? 128;
}

/** The darkest of the upper lid's edge. `lid`: planes of its skin. */
function lashColour(
  { planes, size, upperLid }: EyePatch,
  [lidLuma]: readonly Plane[],
): [luma: number, u: number, v: number] {
  const samples = upperLid.slice(1, -1).map(([x, y]) => {
    let darkest = 0;
    for (let dy = -3; dy <= 3; dy++) {
      const i = clamp(Math.round(y) + dy, 0, size - 1) * size + clamp(Math.round(x), 0, size - 1);
      if (dy === -3 || planes[0][i] < planes[0][darkest]) darkest = i;
    }
    return darkest;
  });
  const mean = (plane: Plane) => samples.reduce((sum, i) => sum + plane[i], 0) / samples.length;
  const darkEnough = 16 + LASH_LIGHT * (mean(lidLuma) - 16);
  return [Math.min(darkEnough, mean(planes[0])), mean(planes[1]), mean(planes[2])];
}
