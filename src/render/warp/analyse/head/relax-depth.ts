/**
 * Flattens a mesh's relief where a head turn would fold it. A portrait shows nothing of what a fold would hide
 * or reveal, and a hard occlusion edge inside a picture looks torn; a slightly flatter cheek does not.
 */

import { HeadMesh, type HeadShape } from '../../head/head-mesh.ts';
import { OUTER_TRIANGLES, OUTER_VERTEX_COUNT } from '../../head/mesh-topology.ts';

/** Turns that must leave every triangle its orientation, radians: a little over what sessions use. */
const TURNS = [
  { yaw: 0.3, pitch: 0 },
  { yaw: -0.3, pitch: 0 },
  { yaw: 0, pitch: 0.2 },
  { yaw: 0, pitch: -0.2 },
];
/** No triangle may shrink below this share of its area. */
const MIN_AREA_SHARE = 0.22;
const MAX_PASSES = 60;
const STEP = 0.35;

/** For each vertex of the head mesh but the lips' gap how its depth changes, `Float32Array [vertices]`. */
export function relaxedDepth(shape: Omit<HeadShape, 'depthShift'>): Float32Array {
  const mesh = new HeadMesh({ ...shape, depthShift: new Float32Array(OUTER_VERTEX_COUNT) });
  return relaxDepth(mesh.atRest, OUTER_TRIANGLES);
}

/**
 * `points [n·3]`: x, y, z of the mesh at rest. Returns the change of each z, `Float32Array [n]`.
 */
function relaxDepth(points: Float32Array, triangles: ArrayLike<number>): Float32Array {
  const count = points.length / 3;
  const depth = Float32Array.from({ length: count }, (_, i) => points[3 * i + 2]);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let folds = 0;
    for (const { yaw, pitch } of TURNS) {
      const cx = Math.cos(yaw);
      const sx = Math.sin(yaw);
      const cy = Math.cos(pitch);
      const sy = Math.sin(pitch);
      for (let t = 0; t < triangles.length; t += 3) {
        const a = triangles[t];
        const b = triangles[t + 1];
        const c = triangles[t + 2];
        const bx = points[3 * b] - points[3 * a];
        const by = points[3 * b + 1] - points[3 * a + 1];
        const cxx = points[3 * c] - points[3 * a];
        const cyy = points[3 * c + 1] - points[3 * a + 1];
        const bz = depth[b] - depth[a];
        const cz = depth[c] - depth[a];
        const area = bx * cyy - by * cxx;
        const turned =
          (cx * bx + sx * bz) * (cy * cyy + sy * cz) - (cy * by + sy * bz) * (cx * cxx + sx * cz);
        if (turned * Math.sign(area) >= MIN_AREA_SHARE * Math.abs(area)) continue;
        folds++;
        const mean = (depth[a] + depth[b] + depth[c]) / 3;
        depth[a] += STEP * (mean - depth[a]);
        depth[b] += STEP * (mean - depth[b]);
        depth[c] += STEP * (mean - depth[c]);
      }
    }
    if (folds === 0) break;
  }
  return depth.map((z, i) => z - points[3 * i + 2]);
}
