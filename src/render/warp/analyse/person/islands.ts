/** What hangs together with nothing of the person is no part of it: leaves, lamps, letters on a wall. */
import { boxBlur, halve, type Plane } from '../../../../image/planes.ts';

/** So much of the person joins a place with the next (means over two by two pixels). */
const JOINS = 0.35;
/** Soft edges reach so far, in shares of the view, from what is joined. */
const SOFT_EDGE = 1 / 80;

/** Clears, in place, all of a matte (0..1, square) that is not joined to the largest part of it. */
export function dropIslands(matte: Plane, size: number): void {
  const half = size / 2;
  const main = largestPart(halve(matte, size), half);
  const near = boxBlur(main, half, half, Math.max(1, Math.round(SOFT_EDGE * half)));
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) if (near[(y >> 1) * half + (x >> 1)] < 1e-4) matte[i] = 0;
  }
}

/** 1 in the largest part of a square plane that is joined by sides and corners. */
function largestPart(matte: Plane, size: number): Plane {
  const seen = new Uint8Array(matte.length);
  const cells = new Int32Array(matte.length);
  let to = 0;
  let largest: [from: number, to: number] = [0, 0];
  for (let start = 0; start < matte.length; start++) {
    if (seen[start] || matte[start] < JOINS) continue;
    const from = to;
    seen[start] = 1;
    cells[to++] = start;
    for (let next = from; next < to; next++) {
      const [x, y] = [cells[next] % size, Math.floor(cells[next] / size)];
      for (let row = Math.max(0, y - 1); row <= Math.min(size - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(size - 1, x + 1); column++) {
          const cell = row * size + column;
          if (seen[cell] || matte[cell] < JOINS) continue;
          seen[cell] = 1;
          cells[to++] = cell;
        }
      }
    }
    if (to - from > largest[1] - largest[0]) largest = [from, to];
  }
  const main = new Float32Array(matte.length);
  for (const cell of cells.subarray(...largest)) main[cell] = 1;
  return main;
}
