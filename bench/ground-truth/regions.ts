/** Parts of a face in a picture, by where its landmarks truly are. */

import { EYES, FACE_OVAL, LOWER_LIP_RINGS, MOUTH_CORNER, UPPER_LIP_RINGS } from '../../src/face/topology.ts';
import { resizeSquare } from '../../src/image/planes.ts';
import { distanceInside, isInside, type Point } from '../../src/image/polygon.ts';
import { MATTE_SIDE, type TrueFrame } from './true-people.ts';

/** `hair`: a band along the outline of the head above the mouth; `lids`: with the eyes that they close over. */
export const REGIONS = ['face', 'mouth', 'lips', 'lids', 'cheeks', 'brows', 'hair'] as const;
export type Region = (typeof REGIONS)[number];
/** Which pixels count, `[height·width]` of 0 or 1. */
export type Mask = Uint8Array;

const { left, right } = MOUTH_CORNER;
const OUTER_LIPS = [right, ...UPPER_LIP_RINGS[0], left, ...[...LOWER_LIP_RINGS[0]].reverse()];
const INNER_LIPS = [right, ...UPPER_LIP_RINGS[3], left, ...[...LOWER_LIP_RINGS[3]].reverse()];
const BROWS = [
  [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
  [300, 293, 334, 296, 336, 285, 295, 282, 283, 276],
];
const NOSE = [168, 193, 245, 188, 174, 217, 126, 129, 98, 97, 2, 326, 327, 358, 355, 437, 399, 412, 465, 417];
const BELOW_EYES = [EYES.left, EYES.right].flatMap(({ lowerLid }) => lowerLid);
/** Rectangles are larger than what they surround by this share of it on each side, across and down. */
const MOUTH_MARGIN = [0.25, 0.25];
const EYE_MARGIN = [0.3, 0.9];
const BROW_MARGIN = [0.12, 0.6];
/** Pixels of the picture around the lips that belong to them: their rims are what is seen. */
const RIM_PX = 2;
/** Pixels of the matte around its edge that belong to the edge. */
const EDGE_REACH = 2;

export function regionMasks({ landmarks, matte }: TrueFrame, side: number): Record<Region, Mask> {
  const at = (i: number): Point => [landmarks[2 * i] * side, landmarks[2 * i + 1] * side];
  const [outer, inner, oval, nose] = [OUTER_LIPS, INNER_LIPS, FACE_OVAL, NOSE].map((ids) => ids.map(at));
  const eyes = [EYES.left, EYES.right].map(({ outerCorner, innerCorner, upperLid, lowerLid }) =>
    rectangle(landmarks, [outerCorner, innerCorner, ...upperLid, ...lowerLid], EYE_MARGIN, side),
  );
  const brows = BROWS.map((ids) => rectangle(landmarks, ids, BROW_MARGIN, side));
  const belowEyes = Math.max(...BELOW_EYES.map((i) => at(i)[1]));
  const mouthHeight = at(right)[1];
  const edge = edgeOf(matte, side);
  const face = rectangle(landmarks, FACE_OVAL, [0, 0], side);
  const ofFace = (isIn: (x: number, y: number) => boolean): Mask =>
    face.map((inside, i) => (inside && isIn((i % side) + 0.5, Math.floor(i / side) + 0.5) ? 1 : 0));
  return {
    face,
    mouth: rectangle(landmarks, OUTER_LIPS, MOUTH_MARGIN, side),
    lips: ofFace((x, y) => distanceInside(x, y, outer) > -RIM_PX && distanceInside(x, y, inner) < RIM_PX),
    lids: eyes[0].map((inside, i) => inside | eyes[1][i]),
    cheeks: ofFace(
      (x, y) =>
        y > belowEyes &&
        isInside(x, y, oval) &&
        !isInside(x, y, nose) &&
        distanceInside(x, y, outer) < -RIM_PX,
    ),
    brows: brows[0].map((inside, i) => inside | brows[1][i]),
    hair: edge.map((inside, i) => (Math.floor(i / side) < mouthHeight ? inside : 0)),
  };
}

function rectangle(
  points: Float32Array,
  chosen: readonly number[],
  margin: readonly number[],
  side: number,
): Mask {
  const span = [0, 1].map((axis) => {
    const values = chosen.map((i) => points[2 * i + axis]);
    const [from, to] = [Math.min(...values), Math.max(...values)];
    return [side * (from - margin[axis] * (to - from)), side * (to + margin[axis] * (to - from))];
  });
  const mask = new Uint8Array(side * side);
  for (let y = Math.max(0, Math.round(span[1][0])); y < Math.min(side, span[1][1]); y++) {
    mask.fill(
      1,
      y * side + Math.max(0, Math.round(span[0][0])),
      y * side + Math.min(side, Math.round(span[0][1])),
    );
  }
  return mask;
}

/** A band along the outline of the person. */
function edgeOf(matte: Uint8Array, side: number): Mask {
  const near = new Float32Array(MATTE_SIDE * MATTE_SIDE);
  for (let y = 0; y < MATTE_SIDE; y++) {
    for (let x = 0; x < MATTE_SIDE; x++) {
      let [low, high] = [255, 0];
      for (let dy = -EDGE_REACH; dy <= EDGE_REACH; dy++) {
        for (let dx = -EDGE_REACH; dx <= EDGE_REACH; dx++) {
          const [nx, ny] = [x + dx, y + dy];
          if (nx < 0 || ny < 0 || nx >= MATTE_SIDE || ny >= MATTE_SIDE) continue;
          low = Math.min(low, matte[ny * MATTE_SIDE + nx]);
          high = Math.max(high, matte[ny * MATTE_SIDE + nx]);
        }
      }
      near[y * MATTE_SIDE + x] = high - low > 127 ? 1 : 0;
    }
  }
  return Uint8Array.from(resizeSquare(near, MATTE_SIDE, side), (value) => (value > 0.5 ? 1 : 0));
}
