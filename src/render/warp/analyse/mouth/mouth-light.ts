/**
 * The light in which a portrait shows the inside of its mouth: from its own teeth where it shows them, else from the
 * skin around.
 */

import { MOUTH_CORNER } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import type { Rig } from '../../rig.ts';
import { skinColour } from '../skin-colour.ts';
import { pixelsBetweenLips } from './between-lips.ts';

type MouthLight = Rig['mouthLight'];

/** Mean colour of the incisors in the mouth atlas. */
const ATLAS_TEETH: Yuv = [180, 117, 135];
/** Teeth are the brightest part of an open mouth: this share of what lies between the lips. */
const TEETH_SHARE = 0.35;
/** Mouths that are open by less than this share of their width show too little of the teeth. */
const MIN_OPENING = 0.08;
/** Teeth that are darker than this share of the skin's light lie in the shadow, or are a tongue. */
const MIN_AGAINST_SKIN = 0.75;
/** And they have at most so much of the skin's own colour. */
const MAX_COLOUR_SHARE = 0.75;
/** Tongue and gums are put into the same light: they take only part of the way from yellow to the teeth's own white. */
const OWN_WHITE_SHARE = 0.5;
/** Who draws leaves teeth as bright as paper, and with less yellow. */
const DRAWN_GAIN = 1.35;
const DRAWN_COLOUR = 0.7;

/** Teeth under yellow light or varnish are ivory: with so much less red for their yellow they would look green. */
const LEAST_RED_FOR_YELLOW = 0.5;

/** `landmarks`: `[478·3]` in view fractions; `drawn`: whether the portrait is a drawing. */
export function measureMouthLight(view: ColourPlanes, landmarks: Float32Array, drawn: boolean): MouthLight {
  const light = lightFromPicture(view, landmarks, drawn);
  const strength = light.gain * light.saturation;
  const yellow = -(light.u + strength * (ATLAS_TEETH[1] - 128));
  const red = strength * (ATLAS_TEETH[2] - 128);
  return { ...light, v: Math.max(light.v, LEAST_RED_FOR_YELLOW * yellow - red) };
}

function lightFromPicture(view: ColourPlanes, landmarks: Float32Array, drawn: boolean): MouthLight {
  const skin = skinColour(view, landmarks);
  const fromSkin = lightOfSkin(skin);
  if (drawn) {
    const { saturation, u, v } = fromSkin;
    return { gain: DRAWN_GAIN, saturation: DRAWN_COLOUR * saturation, u: OWN_WHITE_SHARE * u, v };
  }
  const teeth = teethColour(view, landmarks);
  if (!teeth) return fromSkin;
  const asBright = teeth[0] - 16 > MIN_AGAINST_SKIN * (skin[0] - 16);
  const colour = ([, u, v]: Yuv) => Math.hypot(u - 128, v - 128);
  if (!asBright || colour(teeth) > MAX_COLOUR_SHARE * Math.max(8, colour(skin))) return fromSkin;
  const gain = clamp((teeth[0] - 16) / (ATLAS_TEETH[0] - 16), 0.45, 1.2);
  const ownU = teeth[1] - 128 - gain * fromSkin.saturation * (ATLAS_TEETH[1] - 128);
  return { ...fromSkin, gain, u: fromSkin.u + OWN_WHITE_SHARE * (ownU - fromSkin.u) };
}

/** Against a daylight portrait, whose skin has (u, v) about (112, 152); a grey picture has no colour. */
function lightOfSkin([luma, u, v]: Yuv): MouthLight {
  const saturation = clamp(Math.hypot(u - 128, v - 128) / 29, 0, 1.1);
  return {
    // Teeth differ less between people than skin does: they follow the skin's brightness only in part.
    gain: clamp(0.4 + 0.55 * ((luma - 16) / 140), 0.45, 1.05),
    saturation,
    // Warm light and yellowed varnish tint teeth most in blue.
    u: 0.9 * (u - 128 + 16 * saturation),
    v: 0.3 * (v - 128 - 24 * saturation),
  };
}

/** Mean of the brightest pixels between open lips. */
function teethColour({ size, channels }: ColourPlanes, landmarks: Float32Array): Yuv | undefined {
  const at = (i: number): Point => [landmarks[3 * i] * size, landmarks[3 * i + 1] * size];
  const distance = (a: number, b: number) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  if (distance(13, 14) < MIN_OPENING * distance(MOUTH_CORNER.right, MOUTH_CORNER.left)) return undefined;
  const luma = channels[0];
  const inside = pixelsBetweenLips(landmarks, size);
  const brightest = inside.sort((a, b) => luma[b] - luma[a]).slice(0, Math.ceil(TEETH_SHARE * inside.length));
  if (brightest.length === 0) return undefined;
  const mean = channels.map((plane) => brightest.reduce((sum, i) => sum + plane[i], 0) / brightest.length);
  return mean as [number, number, number];
}
