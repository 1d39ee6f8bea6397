/**
 * The frame that folds are kept in: the face basis at rest, seen from the front, in square cells.
 */
import { SKIN_POINTS } from '../../../face/topology.ts';
import { FACE_TRIANGLES } from '../../../face/triangles.ts';

export const COLUMNS = 80;
export const ROWS = 96;
export const CELLS = COLUMNS * ROWS;
const CELL_CM = 0.2;

/** Column and row of each point, `Float32Array [468·2]`, the middle of the first cell at 0; `rest`: of a face basis. */
export function canonicalPlaces(rest: Float32Array): Float32Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < SKIN_POINTS; i++) {
    low = Math.min(low, rest[3 * i + 1]);
    high = Math.max(high, rest[3 * i + 1]);
  }
  const middle = 0.5 * (low + high);
  const places = new Float32Array(2 * SKIN_POINTS);
  for (let i = 0; i < SKIN_POINTS; i++) {
    places[2 * i] = rest[3 * i] / CELL_CM + (COLUMNS - 1) / 2;
    places[2 * i + 1] = (middle - rest[3 * i + 1]) / CELL_CM + (ROWS - 1) / 2;
  }
  return places;
}

/** For each cell of skin whose middle lies in a triangle of the mesh: its points and their shares. */
export function forSkinCells(
  places: Float32Array,
  visit: (cell: number, points: readonly number[], shares: readonly number[]) => void,
): void {
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3) {
    const points = FACE_TRIANGLES.slice(t, t + 3);
    const [[ax, ay], [bx, by], [cx, cy]] = points.map((i) => [places[2 * i], places[2 * i + 1]]);
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    // Those that look aside and back hide behind others.
    if (area > -1e-6) continue;
    for (let y = Math.ceil(Math.min(ay, by, cy)); y <= Math.max(ay, by, cy); y++) {
      for (let x = Math.ceil(Math.min(ax, bx, cx)); x <= Math.max(ax, bx, cx); x++) {
        const b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
        const c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
        if (b >= 0 && c >= 0 && b + c <= 1) visit(y * COLUMNS + x, points, [1 - b - c, b, c]);
      }
    }
  }
}
