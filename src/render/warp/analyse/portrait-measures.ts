/** What of a portrait limits an avatar, in numbers. */

import type { PortraitMeasures } from '../../../contract/portrait-quality.ts';
import { position } from '../../../face/landmarks.ts';
import { EAR } from '../../../face/topology.ts';
import { boxBlur, type ColourPlanes, clamp, halve, type Plane } from '../../../image/planes.ts';
import { nearestColour } from '../../../image/sample.ts';
import { coveredShares } from './covered-face.ts';
import type { FaceBasis } from './face-basis.ts';
import type { FaceGeometry } from './face-geometry.ts';
import { glassesLikelihood } from './glasses.ts';
import { coveredMouth } from './mouth/covered-mouth.ts';
import type { PortraitView } from './portrait-view.ts';
import { skinColour } from './skin-colour.ts';

export interface MeasuredPortrait {
  /** The view that was cut out, YUV 0..255. */
  view: ColourPlanes;
  /** How it came out of the file. */
  seen: Pick<PortraitView, 'exact' | 'turnedDegrees' | 'isCutOff' | 'missing' | 'framed' | 'drawnFace'>;
  /** `[478·3]` in view fractions. */
  landmarks: Float32Array;
  geometry: FaceGeometry;
  /** See found-lips.ts. */
  lipsSeen: boolean;
  /** 0..1 */
  matte: Plane;
  basis: FaceBasis;
}

/** Cheeks of the two sides, in the same order, for the difference of their light. */
const CHEEKS = [
  [50, 101, 117, 118, 187, 205],
  [280, 330, 346, 347, 411, 425],
];
/** Fine detail is measured on a face this wide: what a picture of 512 pixels shows of it. */
const DETAIL_FACE_WIDTH_PIXELS = 220;
const DEGREES = 180 / Math.PI;

export function measurePortrait(portrait: MeasuredPortrait): PortraitMeasures {
  const { view, seen, landmarks, geometry, lipsSeen, matte, basis } = portrait;
  const toPixels = view.size * seen.exact;
  const across = Math.hypot(
    landmarks[3 * EAR.left] - landmarks[3 * EAR.right],
    landmarks[3 * EAR.left + 1] - landmarks[3 * EAR.right + 1],
  );
  const light = lightOnFace(view, landmarks);
  const covered = coveredShares(view, landmarks, basis.rest);
  return {
    faceHeightPixels: Math.round(geometry.faceHeight * toPixels),
    faceWidthPixels: Math.round(across * toPixels),
    yawDegrees: round(geometry.yaw * DEGREES, 0),
    pitchDegrees: round(geometry.pitch * DEGREES, 0),
    rollDegrees: round(geometry.roll * DEGREES, 0),
    mouthOpening: round(geometry.ownAperture),
    smile: round(geometry.ownSmile),
    detail: round(fineDetail(view, landmarks, across, seen.exact), 3),
    brightness: round(light.brightness),
    contrast: round(light.contrast),
    lightDifference: round(light.difference),
    mouthCovered: lipsSeen ? round(0.99 * coveredMouth(view, landmarks)) : 1,
    lowerFaceCovered: round(covered.lower),
    foreheadCovered: round(covered.forehead),
    glasses: round(glassesLikelihood(view.channels[0], view.size, landmarks)),
    backgroundShare: round(1 - mean(matte)),
    headCutOff: round(cutOffShare(matte, view.size, across)),
    turnedDegrees: seen.turnedDegrees,
    fileCutOff: seen.isCutOff,
    rowsMissing: round(seen.missing),
    frame: round(seen.framed, 3),
    drawnCertainty: seen.drawnFace && round(seen.drawnFace.certainty),
  };
}

function round(value: number, digits = 2): number {
  // Adding 0 makes −0 a plain 0.
  return Math.round(value * 10 ** digits) / 10 ** digits + 0;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Brightness of the skin and spread of all the face's luma, 0..1; how much the darker cheek lacks, 0..1. */
function lightOnFace(view: ColourPlanes, landmarks: Float32Array) {
  const luma = (value: number) => clamp((value - 16) / 219, 0, 1);
  const at = (i: number) => luma(nearestColour(view, ...position(landmarks, i))[0]);
  const all = Array.from({ length: landmarks.length / 3 }, (_, i) => at(i)).sort((a, b) => a - b);
  const [right, left] = CHEEKS.map((points) => mean(points.map(at)));
  return {
    brightness: luma(skinColour(view, landmarks)[0]),
    contrast: all[Math.floor(0.95 * all.length)] - all[Math.floor(0.05 * all.length)],
    difference: Math.abs(right - left) / Math.max(0.01, right, left),
  };
}

/**
 * Share of the luma's variation around eyes, nose and mouth that lies in its finest detail, at the size at which
 * an avatar is usually shown, or at the portrait's own where that is smaller.
 */
function fineDetail(
  { size, channels }: ColourPlanes,
  landmarks: Float32Array,
  across: number,
  portraitPixelsPerViewPixel: number,
): number {
  let luma = channels[0];
  let side = size;
  const shownWidth = Math.min(DETAIL_FACE_WIDTH_PIXELS, across * size * portraitPixelsPerViewPixel);
  while (across * side >= 1.5 * shownWidth && side % 2 === 0) {
    luma = halve(luma, side);
    side /= 2;
  }
  const blurred = boxBlur(luma, side, side, 1);
  const xs = [33, 263].map((i) => landmarks[3 * i] * side);
  const top = Math.min(landmarks[3 * 159 + 1], landmarks[3 * 386 + 1]) * side;
  const bottom = landmarks[3 * 17 + 1] * side;
  const values: number[] = [];
  let fine = 0;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(side, bottom); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(side, Math.max(...xs)); x++) {
      values.push(luma[y * side + x]);
      fine += (luma[y * side + x] - blurred[y * side + x]) ** 2;
    }
  }
  if (values.length === 0) return 0;
  const middle = mean(values);
  const variance = mean(values.map((value) => (value - middle) ** 2));
  return Math.sqrt(fine / values.length / Math.max(1, variance));
}

/** Width of the head's cut at the upper edge of the view, in face widths. */
function cutOffShare(matte: Plane, size: number, across: number): number {
  const cut = matte.subarray(0, size).reduce((sum, value) => sum + (value > 0.5 ? 1 : 0), 0);
  return cut / (across * size);
}
