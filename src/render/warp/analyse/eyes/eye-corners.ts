/**
 * Eyes of drawn and modelled characters are wider than a person's, and the face mesh puts their corners on the white.
 * Here these are moved to where the white ends, and the lids are widened with them.
 */

import { position } from '../../../../face/landmarks.ts';
import { EYES, SIDES } from '../../../../face/topology.ts';
import type { Yuv } from '../../../../image/colour.ts';
import type { ColourPlanes } from '../../../../image/planes.ts';
import type { Point } from '../../../../image/polygon.ts';
import { sampleColour } from '../../../../image/sample.ts';
import { skinColour } from '../skin-colour.ts';

/** Lengths in widths of the mesh's eye. Lines that are looked along, above and below (+) the middle of the iris. */
const LINES = [-0.2, -0.15, -0.1, -0.05, 0, 0.05, 0.1];
/** Corners of large drawn eyes lie lower. */
const LINES_OF_TALL = [...LINES, 0.15, 0.2];
const STEP = 0.015;
const FARTHEST = 1.1;
/** So many steps on skin are no rim of a lid any more. */
const SKIN_RUN = 4;
/** The rim lies beyond the white. */
const RIM = 0.03;
/** Skin is what differs by less than this from the face's in luma and in colour. */
const SKIN_LUMA = 45;
const SKIN_COLOUR = 16;
/** The white has less than this share of the skin's colour, and more than this share of its light. */
const WHITE_COLOUR = 0.55;
const WHITE_LIGHT = 0.55;
/** In grey pictures white and skin are alike. */
const LEAST_SKIN_COLOUR = 12;
/**
 * Both eyes are wider by such factors, and alike: where one is, or more, it is something else that looks like the
 * white. Inner corners are only looked at where the outer ones were not right.
 */
const CORNERS = ['outerCorner', 'innerCorner'] as const;
const LEAST_GROWTH = { outerCorner: 1.2, innerCorner: 1.05 };
const GREATEST_GROWTH = 1.65;
/** Of the large eyes of drawn characters, in which the mesh sees a person's. */
const GREATEST_GROWTH_OF_TALL = 2.6;
const ALIKE = 1.2;

/** An eye from its iris to one of its corners. */
interface Half {
  side: (typeof SIDES)[number];
  corner: (typeof CORNERS)[number];
  iris: Point;
  /** One width of the eye towards that corner, and down across it. */
  outwards: Point;
  across: Point;
  /** Where the mesh has the corner, and where the white ends and on which line, in these. */
  own: number;
  reach: number;
  line: number;
}

/**
 * `tall`: whether lids were moved, as a drawing's eyes are taller than a person's. Returns landmarks `[478·3]` with wider
 * eyes, or the same ones where the mesh has them right.
 */
export function fitEyeCorners(view: ColourPlanes, landmarks: Float32Array, tall = false): Float32Array {
  const skin = skinColour(view, landmarks);
  if (Math.hypot(skin[1] - 128, skin[2] - 128) < LEAST_SKIN_COLOUR) return landmarks;
  const lines = tall ? LINES_OF_TALL : LINES;
  const greatest = tall ? GREATEST_GROWTH_OF_TALL : GREATEST_GROWTH;
  let result = landmarks;
  for (const corner of CORNERS) {
    const halves = SIDES.map((side) => measureHalf(view, landmarks, skin, side, corner, lines));
    const lengths = halves.map(({ reach }) => reach + RIM);
    const growths = halves.map(({ own }, i) => lengths[i] / Math.max(1e-3, own));
    const alike = Math.max(...lengths) <= ALIKE * Math.min(...lengths);
    if (!alike || Math.min(...growths) < LEAST_GROWTH[corner] || Math.max(...growths) > greatest) break;
    if (result === landmarks) result = landmarks.slice();
    for (const [i, half] of halves.entries()) {
      const { side, iris, outwards, across, own, line } = half;
      widenHalf(landmarks, half, growths[i], result);
      for (const axis of [0, 1]) {
        result[3 * EYES[side][corner] + axis] =
          iris[axis] + growths[i] * own * outwards[axis] + line * across[axis];
      }
    }
  }
  return result;
}

function measureHalf(
  view: ColourPlanes,
  landmarks: Float32Array,
  skin: Yuv,
  side: Half['side'],
  corner: Half['corner'],
  lines: readonly number[],
): Half {
  const { outerCorner, innerCorner, irisCentre } = EYES[side];
  const at = (i: number) => position(landmarks, i);
  const [outer, inner, iris] = [at(outerCorner), at(innerCorner), at(irisCentre)];
  const [own, other] = corner === 'outerCorner' ? [outer, inner] : [inner, outer];
  const outwards: Point = [own[0] - other[0], own[1] - other[1]];
  const sign = Math.sign(outwards[0]);
  const across: Point = [-sign * outwards[1], sign * outwards[0]];
  const ends = lines.map((line) => {
    const start: Point = [iris[0] + line * across[0], iris[1] + line * across[1]];
    return { line, reach: whiteEnd(view, skin, start, outwards) };
  });
  const { line, reach } = ends.reduce((best, end) => (end.reach > best.reach ? end : best));
  return { side, corner, iris, outwards, across, own: along(own, iris, outwards), reach, line };
}

/** Place of a point on the way `outwards` from `iris`. */
export function along([x, y]: Point, iris: Point, outwards: Point): number {
  return ((x - iris[0]) * outwards[0] + (y - iris[1]) * outwards[1]) / (outwards[0] ** 2 + outwards[1] ** 2);
}

/** Widens half an eye, lids and crease, in proportion to how far from the iris they lie (see `Half`). */
export function widenHalf(
  landmarks: Float32Array,
  { side, corner, iris, outwards }: Pick<Half, 'side' | 'corner' | 'iris' | 'outwards'>,
  growth: number,
  result: Float32Array,
): void {
  const { upperLid, lowerLid, crease } = EYES[side];
  for (const point of [EYES[side][corner], ...upperLid, ...lowerLid, ...crease]) {
    const place = along(position(landmarks, point), iris, outwards);
    if (place <= 0) continue;
    for (const axis of [0, 1]) result[3 * point + axis] += (growth - 1) * place * outwards[axis];
  }
}

/** How far the white goes on from `start` in steps of `direction` (one eye's width) until skin begins. */
function whiteEnd(view: ColourPlanes, skin: Yuv, start: Point, direction: Point): number {
  const skinColourfulness = Math.hypot(skin[1] - 128, skin[2] - 128);
  let [last, run] = [0, 0];
  for (let way = 0; way < FARTHEST && run < SKIN_RUN; way += STEP) {
    const [y, u, v] = sampleColour(view, start[0] + way * direction[0], start[1] + way * direction[1]);
    const isSkin = Math.abs(y - skin[0]) < SKIN_LUMA && Math.hypot(u - skin[1], v - skin[2]) < SKIN_COLOUR;
    run = isSkin ? run + 1 : 0;
    const colourfulness = Math.hypot(u - 128, v - 128);
    if (colourfulness < WHITE_COLOUR * skinColourfulness && y - 16 > WHITE_LIGHT * (skin[0] - 16)) last = way;
  }
  return last;
}
