/**
 * Irises, and lids and brows from nearer by: MediaPipe's iris network (`iris.onnx`). It knows the eye on the picture's
 * left, the face's right one; the other is shown to it in the mirror.
 */
import { type InferenceSession, Tensor } from 'onnxruntime-common';
import { EYES, LANDMARK_COUNT, SIDES, SKIN_POINTS } from '../../face/topology.ts';
import type { Pyramid } from './pyramid.ts';
import { type Cut, cutRegion, type Region, toPicture } from './region.ts';

const SIZE = 64;
const PLANES = 3 * SIZE * SIZE;
/** What the network wants to see, in distances of the corners of the eye. */
const REGION_SIDE = 2.3;
/**
 * How much of a point about the eye is this network's, the rest being the mesh's. On drawn heads (bench ground-truth)
 * the two miss lids to opposite sides: by 2.9 and 2.6 % of the eyes' distance, their mean by 2.1 %.
 */
const SHARE = 0.5;
const EYE_POINTS = 71;
const IRIS_POINTS = 5;
const VALUES_PER_EYE = 3 * (EYE_POINTS + IRIS_POINTS);

/** Which points of the mesh the network finds, in its order: rings about the eye from the lids outwards, and the brow. */
const MESH_POINTS = {
  right: [
    ...[33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173],
    ...[130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190],
    ...[226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189],
    ...[35, 124, 46, 53, 52, 65],
    ...[143, 111, 117, 118, 119, 120, 121, 128, 245],
    ...[156, 70, 63, 105, 66, 107, 55, 193],
  ],
  left: [
    ...[263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398],
    ...[359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414],
    ...[446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413],
    ...[265, 353, 276, 283, 282, 295],
    ...[372, 340, 346, 347, 348, 349, 350, 357, 465],
    ...[383, 300, 293, 334, 296, 336, 285, 417],
  ],
} as const;

type Side = (typeof SIDES)[number];
const cutOf = (side: Side): Cut => ({ size: SIZE, mirrored: side === 'left', outside: 'edge' });

export class IrisFinder {
  readonly #session: InferenceSession;
  readonly #input = new Float32Array(2 * PLANES);

  /** `session`: the network, in whatever runs it, here or in a browser; closed with it. */
  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** `mesh [468·3]`. Returns `[478·3]`: the mesh with its eyes as found here and there, and the irises. */
  async refine(
    pyramid: Pyramid,
    mesh: Float64Array,
  ): Promise<{ landmarks: Float64Array; closeUp: Float64Array }> {
    const regions = SIDES.map((side) => eyeRegion(mesh, side));
    SIDES.forEach((side, i) => {
      cutRegion(pyramid, regions[i], cutOf(side), this.#input.subarray(i * PLANES, (i + 1) * PLANES));
    });
    const { points } = await this.#session.run({
      picture: new Tensor('float32', this.#input, [SIDES.length, 3, SIZE, SIZE]),
    });
    const [landmarks, closeUp] = [SHARE, 1].map((share) => {
      const refined = new Float64Array(3 * LANDMARK_COUNT);
      refined.set(mesh.subarray(0, 3 * SKIN_POINTS));
      SIDES.forEach((side, i) => {
        const values = (points.data as Float32Array).subarray(i * VALUES_PER_EYE, (i + 1) * VALUES_PER_EYE);
        const point = (k: number) => toPicture(regions[i], cutOf(side), values[3 * k], values[3 * k + 1]);
        setEye(refined, side, point, share);
      });
      return refined;
    });
    return { landmarks, closeUp };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function eyeRegion(mesh: Float64Array, side: Side): Region {
  const { outerCorner, innerCorner } = EYES[side];
  const [from, to] = side === 'right' ? [outerCorner, innerCorner] : [innerCorner, outerCorner];
  const [x, y] = [0, 1].map((axis) => mesh[3 * to + axis] - mesh[3 * from + axis]);
  return {
    x: mesh[3 * from] + x / 2,
    y: mesh[3 * from + 1] + y / 2,
    side: REGION_SIDE * Math.hypot(x, y),
    angle: Math.atan2(y, x),
  };
}

/** Depth stays the mesh's own, which is of one piece; an iris lies as deep as its lids do on average. */
function setEye(
  landmarks: Float64Array,
  side: Side,
  point: (k: number) => [number, number],
  share: number,
): void {
  MESH_POINTS[side].forEach((i, k) => {
    const found = point(k);
    for (let axis = 0; axis < 2; axis++) {
      landmarks[3 * i + axis] += share * (found[axis] - landmarks[3 * i + axis]);
    }
  });
  const { outerCorner, innerCorner, upperLid, lowerLid, irisCentre, irisEdge } = EYES[side];
  const lids = [outerCorner, innerCorner, ...upperLid, ...lowerLid];
  const depth = lids.reduce((sum, i) => sum + landmarks[3 * i + 2] / lids.length, 0);
  // The edge of the iris is numbered the same way round in both eyes; in the mirror two of its points change places.
  const [first, second, third, fourth] = irisEdge;
  const edge = side === 'left' ? [third, second, first, fourth] : irisEdge;
  [irisCentre, ...edge].forEach((i, k) => {
    landmarks.set([...point(EYE_POINTS + k), depth], 3 * i);
  });
}
