/**
 * The face finder's iris network sees both eyes mirrored, but of its results only those of the left eye are mirrored
 * back (`augmentIris` of @vladmandic/human 3.3.6): the right eye's lids come out as their own mirror image, tilted the
 * wrong way. Measured on a mirrored picture, where it is the left one, they are right; over cuts of different width
 * they then scatter by 0.4 % of the eyes' distance instead of 1.3 %.
 */

import type { RgbPicture } from '../../contract/rgb-picture.ts';
import { EYES, type SIDES } from '../../face/topology.ts';
import type { FoundFace } from './face-finder.ts';

/** Rings of the face about each eye that lie where its lids take them, in the same order. */
const AROUND = {
  right: [
    ...[130, 25, 110, 24, 23, 22, 26, 112, 243],
    ...[113, 225, 224, 223, 222, 221, 189, 226, 31, 228, 229, 230, 231, 232, 233, 244],
    ...[143, 111, 117, 118, 119, 120, 121, 128, 245],
  ],
  left: [
    ...[359, 255, 339, 254, 253, 252, 256, 341, 463],
    ...[342, 445, 444, 443, 442, 441, 413, 446, 261, 448, 449, 450, 451, 452, 453, 464],
    ...[372, 340, 346, 347, 348, 349, 350, 357, 465],
  ],
};

/** Points that the iris network sets, and those around them; counterparts have the same place for both sides. */
function eyePoints(side: (typeof SIDES)[number]): number[] {
  const { outerCorner, upperLid, innerCorner, lowerLid, crease, irisCentre, irisEdge } = EYES[side];
  return [
    outerCorner,
    ...upperLid,
    innerCorner,
    ...lowerLid,
    ...crease,
    ...AROUND[side],
    irisCentre,
    ...irisEdge,
  ];
}

const RIGHT_EYE = eyePoints('right');
/** The edge of the iris is numbered the same way round in both eyes: in the mirror its first and third points change places. */
const LEFT_EYE = eyePoints('left').with(-4, EYES.left.irisEdge[2]).with(-2, EYES.left.irisEdge[0]);

export function mirrorPicture({ width, height, data }: RgbPicture): RgbPicture {
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [3 * (y * width + x), 3 * (y * width + width - 1 - x)];
      for (let c = 0; c < 3; c++) mirrored[to + c] = data[from + c];
    }
  }
  return { width, height, data: mirrored };
}

/** A face found in a mirrored picture `width` pixels wide: its place in the picture, but sides are still exchanged. */
export function mirrorFace({ box: [x, y, w, h], landmarks, ...rest }: FoundFace, width: number): FoundFace {
  return {
    ...rest,
    box: [width - x - w, y, w, h],
    landmarks: landmarks.map((value, i) => (i % 3 === 0 ? width - value : value)),
  };
}

/** `mirrored`: the same face from `mirrorFace`. Returns `face` with the right eye as found there. */
export function withMirroredEye(face: FoundFace, mirrored: FoundFace): FoundFace {
  const landmarks = face.landmarks.slice();
  RIGHT_EYE.forEach((right, i) => {
    const left = 3 * LEFT_EYE[i];
    landmarks.set(mirrored.landmarks.subarray(left, left + 3), 3 * right);
  });
  return { ...face, landmarks };
}
