/**
 * Lips of which a portrait shows little: thin ones that are hardly redder than the skin, or that a beard covers at
 * their edge. Most of their red is turned inwards.
 */
import { distance } from '../../../../face/landmarks.ts';
import {
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../../../../face/topology.ts';
import { type ColourPlanes, smoothstep } from '../../../../image/planes.ts';
import { samplePlane } from '../../../../image/sample.ts';

/** Height of both lips together, in mouth widths: of thin ones, and of such as show all their red. */
const THIN = [0.32, 0.38] as const;
/** How much redder than the skin around the lower lip is, levels of V: of pale lips, and of such as stand out. */
const PALE = [4, 7] as const;
/** Lips that the portrait shows so far apart, in mouth widths, have rolled out already. */
const PARTED = [0.03, 0.07] as const;
/** The share of the lower face that a beard covers. */
const BEARDED = [0.25, 0.37] as const;
const MIDDLE_COLUMNS = [2, 3, 4, 5, 6];
const OUTER_MIDDLE = 4;
/** Above, below and beside the lips. */
const SKIN_AROUND = [164, 165, 391, 18, 200, 83, 313];

/** 0 none hidden … 1. `landmarks`: `[478·3]` in view fractions; `lowerFaceCovered`: 0..1. */
export function hiddenLips(view: ColourPlanes, landmarks: Float32Array, lowerFaceCovered: number): number {
  const width = distance(landmarks, MOUTH_CORNER.right, MOUTH_CORNER.left);
  const upper = distance(landmarks, UPPER_LIP_RINGS[0][OUTER_MIDDLE], UPPER_LIP_MIDDLE);
  const lower = distance(landmarks, LOWER_LIP_RINGS[0][OUTER_MIDDLE], LOWER_LIP_MIDDLE);
  const thin = 1 - smoothstep(...THIN, (upper + lower) / width);
  const pale = 1 - smoothstep(...PALE, redness(view, landmarks));
  const shut = 1 - smoothstep(...PARTED, distance(landmarks, UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / width);
  return shut * thin * Math.max(pale, smoothstep(...BEARDED, lowerFaceCovered));
}

function redness({ size, channels }: ColourPlanes, landmarks: Float32Array): number {
  const mean = (points: readonly number[]) =>
    points.reduce(
      (sum, i) => sum + samplePlane(channels[2], size, landmarks[3 * i], landmarks[3 * i + 1]),
      0,
    ) / points.length;
  return mean(MIDDLE_COLUMNS.map((i) => LOWER_LIP_RINGS[1][i])) - mean(SKIN_AROUND);
}
