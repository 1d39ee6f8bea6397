/**
 * Lays out what a turned face hides of itself. Landmarks of its far side lie behind the cheek and the nose, where the
 * mesh turns back on itself: turned the other way, the head would show the same skin twice, with a torn edge between.
 */
import { EYES, LIP_POINTS, SIDES, SKIN_POINTS } from '../../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../../face/triangles.ts';

/** Every triangle shows at least this share of its area on the face. */
const LEAST_SHOWN = 0.06;
const MAX_PASSES = 100;

/** Eyes and lips are where they are found. */
const KEPT = new Set([
  ...LIP_POINTS,
  ...SIDES.flatMap((side) => {
    const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
    return [outerCorner, innerCorner, ...upperLid, ...lowerLid];
  }),
]);
const TRIANGLES = Array.from({ length: FACE_TRIANGLES.length / 3 }, (_, t) =>
  FACE_TRIANGLES.slice(3 * t, 3 * t + 3),
).filter((corners) => !corners.some((point) => KEPT.has(point)));

/** `landmarks`: `[478·3]`. Returns how far each point of the skin moves in the view, `Float32Array [468·2]`. */
export function unfoldFace(landmarks: Float32Array): Float32Array {
  const places = Float32Array.from({ length: 2 * SKIN_POINTS }, (_, i) => landmarks[3 * (i >> 1) + (i & 1)]);
  const before = places.slice();
  const least = TRIANGLES.map((corners) => LEAST_SHOWN * areaOnFace(landmarks, corners));
  for (let pass = 0, folds = 1; pass < MAX_PASSES && folds > 0; pass++) {
    folds = 0;
    TRIANGLES.forEach((corners, t) => {
      if (layOut(places, landmarks, corners, least[t])) folds++;
    });
  }
  return places.map((place, i) => place - before[i]);
}

/** Twice the area. */
function areaOnFace(points: Float32Array, [a, b, c]: readonly number[]): number {
  const from = (p: number) => [0, 1, 2].map((axis) => points[3 * p + axis] - points[3 * a + axis]);
  const [u, v] = [from(b), from(c)];
  return Math.hypot(u[0] * v[1] - u[1] * v[0], u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2]);
}

/** Moves the corners of a folded triangle, the deepest most, until it shows `least`. False where there is nothing to do. */
function layOut(
  places: Float32Array,
  landmarks: Float32Array,
  corners: readonly number[],
  least: number,
): boolean {
  const [a, b, c] = corners.map((p) => [places[2 * p], places[2 * p + 1]]);
  const shown = (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1]);
  if (shown >= 0) return false;
  const depths = corners.map((p) => landmarks[3 * p + 2]);
  const [deepest, nearest] = [Math.min(...depths), Math.max(...depths)];
  // How the area changes with each corner's place.
  const gains = [
    [b[1] - c[1], c[0] - b[0]],
    [c[1] - a[1], a[0] - c[0]],
    [a[1] - b[1], b[0] - a[0]],
  ];
  const shares = depths.map((depth) => (nearest === deepest ? 0 : (nearest - depth) / (nearest - deepest)));
  const total = gains.reduce((sum, [x, y], i) => sum + shares[i] * (x * x + y * y), 0);
  if (total === 0) return false;
  corners.forEach((p, i) => {
    const step = ((least - shown) * shares[i]) / total;
    places[2 * p] -= step * gains[i][0];
    places[2 * p + 1] -= step * gains[i][1];
  });
  return true;
}
