/**
 * The face mesh sees closed lips a little apart, and in drawings and smiles beside their seam: brought together there,
 * lips would swallow the seam, or open beside it. Here both rims of lips that touch are put where the picture has it.
 */
import { position } from '../../../../face/landmarks.ts';
import {
  INNER_MOUTH_CORNER,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  UPPER_LIP_RINGS,
} from '../../../../face/topology.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import { sampleColour } from '../../../../image/sample.ts';
import { findLipSeam, type LipSeam } from './lip-seam.ts';
import { showsOpening } from './shown-opening.ts';

/**
 * Lips that the mesh sees apart by less than this share of their width touch: of 35 portraits the closed mouths have
 * 0.01 to 0.05, the others 0.07 and more.
 */
const MAX_GAP = 0.058;
/**
 * Up to here the mesh is often wrong: of full lips whose upper one lies in its own shade it takes a part for the mouth.
 * They touch unless the picture shows them parted. Of such lips it has 0.06 to 0.11, of smiles with teeth 0.118 and more.
 */
const MAX_USUAL_GAP = 0.117;
/**
 * Up to here it may be. Then there is a seam (levels), and beyond it (lips' widths) so much of what lies between the
 * rims looks like lips.
 */
const MAX_DOUBTFUL_GAP = 0.2;
const LEAST_SEAM = 8;
const SEAM_THICKNESS = 0.025;
const LEAST_LIPS = 0.8;
/** By so much lips differ from themselves: levels of luma, and of colour. */
const LIPS_LUMA = 40;
const LIPS_COLOUR = 10;
/** The share of the seam's distance from the mesh's that each ring of a lip is moved by, from the outer edge inwards. */
const RING_SHARES = [0, 1 / 3, 2 / 3, 1];
const RIM = 3;
const PROBES = 12;

/** Returns landmarks `[478·3]` with closed lips closed, or the same ones where the lips are apart. */
export function fitClosedLips(view: ColourPlanes, landmarks: Float32Array): Float32Array {
  const seam = seamOfTouchingLips(view, landmarks);
  if (!seam) return landmarks;
  const down = acrossLips(landmarks);
  const result = landmarks.slice();
  const moveDown = (point: number, offset: number) => {
    for (const axis of [0, 1]) result[3 * point + axis] += offset * down[axis];
  };
  middlesOf(landmarks).forEach((middle, i) => {
    for (const rings of [UPPER_LIP_RINGS, LOWER_LIP_RINGS]) {
      result.set(middle, 3 * rings[RIM][i]);
      for (const [k, ring] of rings.entries()) moveDown(ring[i], RING_SHARES[k] * seam.offsets[i + 1]);
    }
  });
  for (const { right, left } of [INNER_MOUTH_CORNER, MOUTH_CORNER]) {
    moveDown(right, seam.offsets[0]);
    moveDown(left, seam.offsets.at(-1)!);
  }
  return result;
}

/** Where lips that touch do so, from inner corner to inner corner; undefined where they are apart. `beside`: see `findLipSeam`. */
export function seamOfTouchingLips(
  view: ColourPlanes,
  landmarks: Float32Array,
  beside?: number,
): LipSeam | undefined {
  const at = (i: number) => position(landmarks, i);
  const down = acrossLips(landmarks);
  const [upper, lower] = [UPPER_LIP_RINGS[RIM].map(at), LOWER_LIP_RINGS[RIM].map(at)];
  // As the picture shows them: the mesh's depth is too coarse for lips that touch.
  const gaps = upper.map(([x, y], i) => Math.hypot(x - lower[i][0], y - lower[i][1]) / Math.hypot(...down));
  const gap = gaps.toSorted((a, b) => a - b)[gaps.length >> 1];
  if (gap > MAX_DOUBTFUL_GAP) return undefined;
  const { right, left } = INNER_MOUTH_CORNER;
  const seam = findLipSeam(view, [at(right), ...middlesOf(landmarks), at(left)], down, gap / 2, beside);
  if (gap > MAX_USUAL_GAP) {
    const darkness = seam.darkness.reduce((sum, value) => sum + value, 0) / seam.darkness.length;
    if (!(darkness > LEAST_SEAM && showsLips(view, landmarks, seam, gaps))) return undefined;
  } else if (gap > MAX_GAP && showsOpening(view, landmarks)) return undefined;
  return seam;
}

/** One lips' width down across the lips. */
function acrossLips(landmarks: Float32Array): Point {
  const [right, left] = [MOUTH_CORNER.right, MOUTH_CORNER.left].map((i) => position(landmarks, i));
  return [right[1] - left[1], left[0] - right[0]];
}

/** Between the rims, `[x, y, z]` each. */
function middlesOf(landmarks: Float32Array): number[][] {
  return UPPER_LIP_RINGS[RIM].map((above, i) =>
    [0, 1, 2].map(
      (axis) => 0.5 * (landmarks[3 * above + axis] + landmarks[3 * LOWER_LIP_RINGS[RIM][i] + axis]),
    ),
  );
}

/** Whether it is lips that lie between the rims, above and below the seam: no teeth, no dark of a mouth. */
function showsLips(
  view: ColourPlanes,
  landmarks: Float32Array,
  { offsets }: LipSeam,
  gaps: readonly number[],
): boolean {
  const colourBetween = (a: number, b: number, t: number) => {
    const [x, y] = [0, 1].map((axis) => (1 - t) * landmarks[3 * a + axis] + t * landmarks[3 * b + axis]);
    return sampleColour(view, x, y);
  };
  let [alike, count] = [0, 0];
  gaps.forEach((gap, i) => {
    const lips = [UPPER_LIP_RINGS, LOWER_LIP_RINGS].map((rings) =>
      colourBetween(rings[1][i], rings[2][i], 0.5),
    );
    for (let k = 0; k < PROBES; k++) {
      const t = (k + 0.5) / PROBES;
      const belowSeam = (t - 0.5) * gap - offsets[i + 1];
      if (Math.abs(belowSeam) < SEAM_THICKNESS) continue;
      const lip = lips[belowSeam < 0 ? 0 : 1];
      const shown = colourBetween(UPPER_LIP_RINGS[RIM][i], LOWER_LIP_RINGS[RIM][i], t);
      const colour = Math.hypot(shown[1] - lip[1], shown[2] - lip[2]);
      if (Math.abs(shown[0] - lip[0]) < LIPS_LUMA && colour < LIPS_COLOUR) alike++;
      count++;
    }
  });
  return alike > LEAST_LIPS * count;
}
