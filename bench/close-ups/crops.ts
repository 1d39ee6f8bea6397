import { position } from '../../src/face/landmarks.ts';
import { CHIN, EYES, MOUTH_CORNER } from '../../src/face/topology.ts';
import type { Crop } from './rows.ts';

/** Pixels: each cell of a row. */
export const CELL: Readonly<Record<Crop, { width: number; height: number }>> = {
  mouth: { width: 320, height: 256 },
  eyes: { width: 320, height: 150 },
  head: { width: 320, height: 320 },
};
const FOREHEAD = 10;
/** Of the face's height: how wide the mouth's crop is. Of the eyes' outer corners' distance: how wide the eyes' is. */
const MOUTH_WIDTH = 0.5;
const EYES_WIDTH = 1.5;

/** Part of a picture of `side` pixels. `posed`: landmarks `[n·3]`, pixels. */
export function cropOf(crop: Crop, posed: Float32Array, side: number) {
  const at = (i: number) => position(posed, i);
  const between = (a: number, b: number) => [0, 1].map((axis) => (at(a)[axis] + at(b)[axis]) / 2);
  const apart = (a: number, b: number) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  const cut = ([x, y]: readonly number[], wanted: number) => {
    const { width: w, height: h } = CELL[crop];
    const width = Math.min(side, Math.round(wanted));
    const height = Math.min(side, Math.round((width * h) / w));
    const within = (start: number, length: number) => Math.max(0, Math.min(side - length, Math.round(start)));
    return { left: within(x - width / 2, width), top: within(y - height / 2, height), width, height };
  };
  if (crop === 'head') return { left: 0, top: 0, width: side, height: side };
  if (crop === 'mouth') {
    const faceHeight = apart(FOREHEAD, CHIN);
    const [x, y] = between(MOUTH_CORNER.right, MOUTH_CORNER.left);
    return cut([x, y + 0.03 * faceHeight], MOUTH_WIDTH * faceHeight);
  }
  const [right, left] = [EYES.right.outerCorner, EYES.left.outerCorner];
  const [x, y] = between(right, left);
  const width = EYES_WIDTH * apart(right, left);
  return cut([x, y - 0.05 * width], width);
}
