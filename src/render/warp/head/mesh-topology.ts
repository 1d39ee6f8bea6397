/** Vertices and triangles of the head mesh: the face's skin, rings around its outline, and the gap between the lips. */
import {
  EYES,
  FACE_OVAL,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  SIDES,
  SKIN_POINTS,
  stripTriangles,
} from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';

/** Points of a ring around the face outline, and rings. */
export const RING_SIZE = FACE_OVAL.length;
export const RING_COUNT = 10;
/** Skin and rings. */
export const OUTER_VERTEX_COUNT = SKIN_POINTS + RING_SIZE * RING_COUNT;
/** The gap between the lips has a lower rim of its own, which wears the upper lip's colour. */
export const GAP_RIM = INNER_LOWER_LIP.map((_, i) => OUTER_VERTEX_COUNT + i);
export const VERTEX_COUNT = OUTER_VERTEX_COUNT + GAP_RIM.length;

/** Skin, then strips across mouth and eyes, which stretch the rims' own texture over the openings. */
export const OUTER_TRIANGLES: readonly number[] = [...FACE_TRIANGLES, ...ringTriangles()];
export const MESH_TRIANGLES: Uint16Array = Uint16Array.from([
  ...OUTER_TRIANGLES,
  ...stripTriangles(INNER_MOUTH_CORNER.right, INNER_UPPER_LIP, GAP_RIM, INNER_MOUTH_CORNER.left),
  ...SIDES.flatMap((side) => {
    const { outerCorner, upperLid, lowerLid, innerCorner } = EYES[side];
    return stripTriangles(outerCorner, upperLid, lowerLid, innerCorner);
  }),
]);

function ringTriangles(): number[] {
  const triangles: number[] = [];
  for (let ring = 0; ring < RING_COUNT; ring++) {
    for (let i = 0; i < RING_SIZE; i++) {
      const next = (i + 1) % RING_SIZE;
      const inner = ring === 0 ? FACE_OVAL[i] : ringVertex(ring - 1, i);
      const innerNext = ring === 0 ? FACE_OVAL[next] : ringVertex(ring - 1, next);
      triangles.push(
        inner,
        innerNext,
        ringVertex(ring, i),
        ringVertex(ring, i),
        innerNext,
        ringVertex(ring, next),
      );
    }
  }
  return triangles;
}

export function ringVertex(ring: number, i: number): number {
  return SKIN_POINTS + ring * RING_SIZE + i;
}
