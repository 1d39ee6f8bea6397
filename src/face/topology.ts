/**
 * Names for the points of the 478-point face mesh (0–467 skin, 468–477 irises:
 * left eye first). "Left" and "right" are the avatar's own.
 */

/** Points of the skin mesh; the irises follow. */
export const SKIN_POINTS = 468;
export const LANDMARK_COUNT = 478;

/** Face outline, clockwise in the picture from the middle of the forehead. */
export const FACE_OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;
export const FOREHEAD = 10;
export const CHIN = 152;
export const NOSE_TIP = 1;
/** Where the face ends at its ears. */
export const EAR = { right: 234, left: 454 } as const;

/** Lip rings from the outer edge to the inner edge, each from the right corner to the left one. */
export const UPPER_LIP_RINGS = [
  [185, 40, 39, 37, 0, 267, 269, 270, 409],
  [184, 74, 73, 72, 11, 302, 303, 304, 408],
  [183, 42, 41, 38, 12, 268, 271, 272, 407],
  [191, 80, 81, 82, 13, 312, 311, 310, 415],
] as const;
export const LOWER_LIP_RINGS = [
  [146, 91, 181, 84, 17, 314, 405, 321, 375],
  [77, 90, 180, 85, 16, 315, 404, 320, 307],
  [96, 89, 179, 86, 15, 316, 403, 319, 325],
  [95, 88, 178, 87, 14, 317, 402, 318, 324],
] as const;
export const INNER_UPPER_LIP = UPPER_LIP_RINGS[3];
export const INNER_LOWER_LIP = LOWER_LIP_RINGS[3];
/** The skin next to the lips, from the right corner to the left one. */
export const ABOVE_UPPER_LIP = [186, 92, 165, 167, 164, 393, 391, 322, 410] as const;
export const BELOW_LOWER_LIP = [43, 106, 182, 83, 18, 313, 406, 335, 273] as const;
/** Middle of the inner upper and lower lip: their distance is the lip aperture. */
export const UPPER_LIP_MIDDLE = 13;
export const LOWER_LIP_MIDDLE = 14;
export const MOUTH_CORNER = { right: 61, left: 291 } as const;
/** Both lips, rims and corners. */
export const LIP_POINTS: readonly number[] = [
  ...UPPER_LIP_RINGS.flat(),
  ...LOWER_LIP_RINGS.flat(),
  MOUTH_CORNER.right,
  MOUTH_CORNER.left,
];
export const INNER_MOUTH_CORNER = { right: 78, left: 308 } as const;

export interface EyeTopology {
  outerCorner: number;
  innerCorner: number;
  /** Lid edges from the outer corner to the inner one, without the corners. */
  upperLid: readonly number[];
  lowerLid: readonly number[];
  /** The next row of points above the upper lid: about the crease. */
  crease: readonly number[];
  irisCentre: number;
  irisEdge: readonly number[];
}
export const EYES: Readonly<Record<'left' | 'right', EyeTopology>> = {
  left: {
    outerCorner: 263,
    innerCorner: 362,
    upperLid: [466, 388, 387, 386, 385, 384, 398],
    lowerLid: [249, 390, 373, 374, 380, 381, 382],
    crease: [467, 260, 259, 257, 258, 286, 414],
    irisCentre: 468,
    irisEdge: [469, 470, 471, 472],
  },
  right: {
    outerCorner: 33,
    innerCorner: 133,
    upperLid: [246, 161, 160, 159, 158, 157, 173],
    lowerLid: [7, 163, 144, 145, 153, 154, 155],
    crease: [247, 30, 29, 27, 28, 56, 190],
    irisCentre: 473,
    irisEdge: [474, 475, 476, 477],
  },
};
export const SIDES = ['left', 'right'] as const;

/** Triangles that fill a strip between two rows of points that share their end points. */
export function stripTriangles(
  first: number,
  a: readonly number[],
  b: readonly number[],
  last: number,
): number[] {
  const triangles = [first, a[0], b[0]];
  for (let i = 0; i + 1 < a.length; i++) triangles.push(a[i], a[i + 1], b[i], b[i], a[i + 1], b[i + 1]);
  triangles.push(a.at(-1)!, last, b.at(-1)!);
  return triangles;
}
