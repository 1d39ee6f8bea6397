/** Where the head lies, hair and all: what a close picture must not cut. */
import { CHIN, EAR, FOREHEAD } from '../../../../face/topology.ts';
import type { Plane } from '../../../../image/planes.ts';

/** View fractions; at 0 or 1 the portrait's own edge may cut it. */
export interface HeadBox {
  top: number;
  left: number;
  right: number;
}

/** What counts as the person. */
const PRESENT = 0.5;
/** The crown is looked for in so much of the face's width about its middle; hair is wide, hands and hats beside it are not. */
const CROWN = 0.6;
/** Hair counts to so many face widths from the middle: what hangs farther out may be cut. */
const WIDEST = 0.8;

/** `matte`: square, `size` a side, 0..1; `landmarks [478·3]` in view fractions. */
export function headBox(matte: Plane, size: number, landmarks: Float32Array): HeadBox {
  const x = (point: number) => landmarks[3 * point] * size;
  const y = (point: number) => landmarks[3 * point + 1] * size;
  const [rightEar, leftEar] = [Math.min(x(EAR.right), x(EAR.left)), Math.max(x(EAR.right), x(EAR.left))];
  const [middle, across] = [(rightEar + leftEar) / 2, leftEar - rightEar];
  const isPerson = (column: number, row: number) =>
    column >= 0 && column < size && row >= 0 && row < size && matte[row * size + column] > PRESENT;
  const forehead = Math.max(0, Math.round(y(FOREHEAD)));
  let top = forehead;
  for (let column = Math.round(middle - CROWN * across); column <= middle + CROWN * across; column++) {
    let row = forehead;
    while (isPerson(column, row - 1)) row--;
    top = Math.min(top, row);
  }
  let [left, right] = [rightEar, leftEar];
  // Down to the mouth or so: lower down are shoulders.
  const bottom = Math.min(size - 1, y(FOREHEAD) + 0.7 * (y(CHIN) - y(FOREHEAD)));
  for (let row = top; row < bottom; row++) {
    if (!isPerson(Math.round(middle), row)) continue;
    let [from, to] = [Math.round(middle), Math.round(middle)];
    while (isPerson(from - 1, row) && from > middle - WIDEST * across) from--;
    while (isPerson(to + 1, row) && to < middle + WIDEST * across) to++;
    left = Math.min(left, from);
    right = Math.max(right, to + 1);
  }
  return { top: top / size, left: left / size, right: right / size };
}
