/** Where the skin of a face mesh looks. */
import { LIP_POINTS, SKIN_POINTS } from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';

/** Without the lips': they roll in and out, the skin beside them does not. */
const TRIANGLES = skinTriangles();

/**
 * Unit normals out of the face, `Float32Array [468·3]`, means of the triangles' around each point by their areas; 0 within
 * the lips. `points [468·3 or more]`: x right, y down, z towards the viewer.
 */
export function skinNormals(points: Float32Array, normals = new Float32Array(3 * SKIN_POINTS)): Float32Array {
  normals.fill(0);
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    const a = 3 * TRIANGLES[t];
    const b = 3 * TRIANGLES[t + 1];
    const c = 3 * TRIANGLES[t + 2];
    const ux = points[b] - points[a];
    const uy = points[b + 1] - points[a + 1];
    const uz = points[b + 2] - points[a + 2];
    const vx = points[c] - points[a];
    const vy = points[c + 1] - points[a + 1];
    const vz = points[c + 2] - points[a + 2];
    const x = uz * vy - uy * vz;
    const y = ux * vz - uz * vx;
    const z = uy * vx - ux * vy;
    for (let corner = 0; corner < 3; corner++) {
      const i = corner === 0 ? a : corner === 1 ? b : c;
      normals[i] += x;
      normals[i + 1] += y;
      normals[i + 2] += z;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.sqrt(normals[i] ** 2 + normals[i + 1] ** 2 + normals[i + 2] ** 2) || 1;
    normals[i] /= length;
    normals[i + 1] /= length;
    normals[i + 2] /= length;
  }
  return normals;
}

function skinTriangles(): Uint16Array {
  const lips = new Set<number>(LIP_POINTS);
  const isSkin = (t: number) => [0, 1, 2].every((corner) => !lips.has(FACE_TRIANGLES[t + corner]));
  return Uint16Array.from(FACE_TRIANGLES).filter((_, i) => isSkin(i - (i % 3)));
}
