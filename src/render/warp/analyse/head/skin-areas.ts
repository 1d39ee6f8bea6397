/** Where the skin of a face mesh looks, and how much of it. */
import { LIP_POINTS, SKIN_POINTS } from '../../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../../face/triangles.ts';

/** Without the lips': they roll in and out, the skin beside them does not. */
const TRIANGLES = skinTriangles();

/**
 * Vector areas around each point, out of the face, `Float32Array [468·3]`; 0 within the lips. `points [468·3 or more]`: x
 * right, y down, z towards the viewer.
 */
export function skinAreas(points: Float32Array): Float32Array {
  const areas = new Float32Array(3 * SKIN_POINTS);
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    const [a, b, c] = [3 * TRIANGLES[t], 3 * TRIANGLES[t + 1], 3 * TRIANGLES[t + 2]];
    const [ux, uy, uz] = [0, 1, 2].map((axis) => points[b + axis] - points[a + axis]);
    const [vx, vy, vz] = [0, 1, 2].map((axis) => points[c + axis] - points[a + axis]);
    for (const corner of [a, b, c]) {
      areas[corner] += uz * vy - uy * vz;
      areas[corner + 1] += ux * vz - uz * vx;
      areas[corner + 2] += uy * vx - ux * vy;
    }
  }
  return areas;
}

function skinTriangles(): Uint16Array {
  const lips = new Set<number>(LIP_POINTS);
  const isSkin = (t: number) => [0, 1, 2].every((corner) => !lips.has(FACE_TRIANGLES[t + corner]));
  return Uint16Array.from(FACE_TRIANGLES).filter((_, i) => isSkin(i - (i % 3)));
}
