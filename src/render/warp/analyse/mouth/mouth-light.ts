/**
 * The light in which a portrait shows the inside of its mouth, as the colour that its front teeth have in it: from the
 * teeth themselves where it shows them, else from its skin and from the white of its eyes. Skin alone would give dark
 * faces grey teeth; eyes alone lie in the lids' shade.
 */

import { MOUTH_CORNER } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import { type ColourPlanes, clamp, smoothstep } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import type { Rig } from '../../rig.ts';
import { eyeWhite } from '../eyes/eye-white.ts';
import type { FoundEyes } from '../eyes/find-eyes.ts';
import { skinColour } from '../skin-colour.ts';
import { pixelsBetweenLips } from './between-lips.ts';

type MouthLight = Rig['mouthLight'];

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

/**
 * Luma above black of front teeth by that of the skin, and shares of its chroma: a line through nine photographs that
 * show both, in which they have 1.14 to 1.4 times the skin's luma.
 */
const BY_SKIN = { base: 98, slope: 0.6, u: 0.42, v: 0.28 } as const;
/** By the white of the eyes, where that is well lit: in photographs 0.92 to 1.16 of its luma, a little more yellow. */
const BY_WHITE = { luma: 1.04, u: -3, v: 2 } as const;
/** Luma of the white against the skin's: in the shade of lids and lashes; as well lit as the teeth. */
const WELL_LIT = [0.6, 0.9] as const;
/** And in dark faces, where it outshines the skin by so much: teeth are no brighter there. */
const OUTSHINES = [1.1, 1.4] as const;
/** What has more of the skin's chroma is no white, but a lid; what has so many times its luma is white hair, or a lamp. */
const MOST_COLOUR_OF_WHITE = 0.8;
const MOST_LUMA_OF_WHITE = 3.4;
const TEETH_LUMA = [70, 200] as const;
/** Chroma of skin for its luma: portraits with less have no colours; the palest skin has more. */
const SKIN_CHROMA = [0.02, 0.08] as const;
/** Who draws leaves teeth as bright as paper, and with less yellow. */
const DRAWN_LUMA = 205;
const DRAWN_COLOUR = 0.18;

/** Teeth under yellow light or varnish are ivory: with so much less red for their yellow they would look green. */
const LEAST_RED_FOR_YELLOW = 0.5;

/** `landmarks`: `[478·3]` in view fractions, with the eyes between them; `drawn`: whether the portrait is a drawing. */
export function measureMouthLight(
  view: ColourPlanes,
  landmarks: Float32Array,
  eyes: FoundEyes,
  drawn: boolean,
): MouthLight {
  const skin = skinColour(view, landmarks);
  const saturation = saturationOf(skin);
  const [luma, u, v] = drawn ? inDrawing(skin) : inPhotograph(view, landmarks, eyes, skin);
  return { teeth: [luma, u, Math.max(v, 128 + LEAST_RED_FOR_YELLOW * (128 - u))], saturation };
}

function inDrawing([, u, v]: Yuv): Yuv {
  return [16 + DRAWN_LUMA, 128 + DRAWN_COLOUR * (u - 128), 128 + DRAWN_COLOUR * (v - 128)];
}

function inPhotograph(view: ColourPlanes, landmarks: Float32Array, eyes: FoundEyes, skin: Yuv): Yuv {
  const usual = teethInLight(skin, eyeWhite(eyes));
  const own = teethColour(view, landmarks);
  const asBright = own && own[0] - 16 > MIN_AGAINST_SKIN * (skin[0] - 16);
  if (!asBright || chroma(own) > MAX_COLOUR_SHARE * Math.max(8, chroma(skin))) return usual;
  const [, u, v] = mixed(usual, own, OWN_WHITE_SHARE);
  return [16 + clamp(own[0] - 16, ...TEETH_LUMA), u, v];
}

/** What front teeth look like in the light of this skin and of this white. */
function teethInLight(skin: Yuv, white: Yuv | undefined): Yuv {
  const { base, slope } = BY_SKIN;
  const luma = base + slope * (skin[0] - 16);
  const bySkin: Yuv = [
    16 + clamp(luma, ...TEETH_LUMA),
    128 + BY_SKIN.u * (skin[1] - 128),
    128 + BY_SKIN.v * (skin[2] - 128),
  ];
  if (!white || chroma(white) > MOST_COLOUR_OF_WHITE * chroma(skin) + 4) return bySkin;
  const againstSkin = (white[0] - 16) / (skin[0] - 16);
  if (againstSkin > MOST_LUMA_OF_WHITE) return bySkin;
  const byWhite: Yuv = [
    16 + clamp(BY_WHITE.luma * (white[0] - 16), ...TEETH_LUMA),
    white[1] + BY_WHITE.u * saturationOf(skin),
    white[2] + BY_WHITE.v * saturationOf(skin),
  ];
  const [y, u, v] = mixed(bySkin, byWhite, 0.5 * smoothstep(...WELL_LIT, againstSkin));
  return [y - smoothstep(...OUTSHINES, againstSkin) * Math.max(0, y - white[0]), u, v];
}

function mixed(a: Yuv, b: Yuv, share: number): Yuv {
  const between = (c: 0 | 1 | 2) => a[c] + share * (b[c] - a[c]);
  return [between(0), between(1), between(2)];
}

function saturationOf(skin: Yuv): number {
  return smoothstep(...SKIN_CHROMA, chroma(skin) / Math.max(1, skin[0] - 16));
}

function chroma([, u, v]: Yuv): number {
  return Math.hypot(u - 128, v - 128);
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
