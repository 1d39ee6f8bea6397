/**
 * The baseline of the picture: the portrait's own pixels, warped piecewise linearly by the 478 landmarks to a fixed
 * border. No layers, no depth: mouth and eyes stretch what the portrait shows there.
 */

import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import {
  EYES,
  FACE_OVAL,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  SIDES,
  SKIN_POINTS,
  stripTriangles,
} from '../../src/face/topology.ts';
import { FACE_TRIANGLES } from '../../src/face/triangles.ts';
import { clamp } from '../../src/image/planes.ts';

const BORDER = FACE_OVAL.map((_, i) => SKIN_POINTS + i);
const TRIANGLES: readonly number[] = [
  ...FACE_OVAL.flatMap((inner, i) => {
    const next = (i + 1) % FACE_OVAL.length;
    return [inner, FACE_OVAL[next], BORDER[i], BORDER[i], FACE_OVAL[next], BORDER[next]];
  }),
  ...FACE_TRIANGLES,
  ...stripTriangles(INNER_MOUTH_CORNER.right, INNER_UPPER_LIP, INNER_LOWER_LIP, INNER_MOUTH_CORNER.left),
  ...SIDES.flatMap((side) => {
    const { outerCorner, upperLid, lowerLid, innerCorner } = EYES[side];
    return stripTriangles(outerCorner, upperLid, lowerLid, innerCorner);
  }),
];

/**
 * `from`, `to`: landmarks in the picture and where they should lie, `[n·stride]` in picture fractions; x and y are
 * the first two of each.
 */
export function plainWarp(
  picture: RgbPicture,
  from: { points: Float32Array; stride: number },
  to: { points: Float32Array; stride: number },
): RgbPicture {
  const source = withBorder(from.points, from.stride, from);
  const target = withBorder(to.points, to.stride, from);
  const result = { ...picture, data: picture.data.slice() };
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    drawTriangle(picture, result, source, target, TRIANGLES.slice(t, t + 3));
  }
  return result;
}

/** Landmarks and, on the picture's border, the points straight out from the face's outline in the portrait. */
function withBorder(
  points: Float32Array,
  stride: number,
  portrait: { points: Float32Array; stride: number },
): Float64Array {
  const all = new Float64Array(2 * (SKIN_POINTS + BORDER.length));
  for (let i = 0; i < SKIN_POINTS; i++) {
    all[2 * i] = points[stride * i];
    all[2 * i + 1] = points[stride * i + 1];
  }
  const at = (i: number, axis: number) => portrait.points[portrait.stride * i + axis];
  const middle = [0, 1].map((axis) => FACE_OVAL.reduce((sum, i) => sum + at(i, axis), 0) / FACE_OVAL.length);
  FACE_OVAL.forEach((point, i) => {
    const direction = [0, 1].map((axis) => at(point, axis) - middle[axis]);
    const reach = Math.min(...[0, 1].map((axis) => reachOf(middle[axis], direction[axis])));
    for (const axis of [0, 1]) all[2 * BORDER[i] + axis] = middle[axis] + reach * direction[axis];
  });
  return all;
}

/** How many times `step` leads from `start` to the edge of 0..1. */
function reachOf(start: number, step: number): number {
  if (step === 0) return Number.POSITIVE_INFINITY;
  return ((step > 0 ? 1 : 0) - start) / step;
}

function drawTriangle(
  picture: RgbPicture,
  result: RgbPicture,
  source: Float64Array,
  target: Float64Array,
  [a, b, c]: readonly number[],
): void {
  const { width, height } = picture;
  const [ax, ay, bx, by, cx, cy] = [a, b, c].flatMap((i) => [
    target[2 * i] * width,
    target[2 * i + 1] * height,
  ]);
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (Math.abs(area) < 1e-6) return;
  const [left, right] = [Math.min(ax, bx, cx), Math.max(ax, bx, cx)];
  const [top, bottom] = [Math.min(ay, by, cy), Math.max(ay, by, cy)];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) {
      const [dx, dy] = [x + 0.5 - ax, y + 0.5 - ay];
      const wb = (dx * (cy - ay) - dy * (cx - ax)) / area;
      const wc = (dy * (bx - ax) - dx * (by - ay)) / area;
      if (wb < -1e-9 || wc < -1e-9 || wb + wc > 1 + 1e-9) continue;
      const wa = 1 - wb - wc;
      const sx = (wa * source[2 * a] + wb * source[2 * b] + wc * source[2 * c]) * width - 0.5;
      const sy = (wa * source[2 * a + 1] + wb * source[2 * b + 1] + wc * source[2 * c + 1]) * height - 0.5;
      sample(picture, sx, sy, result.data, 3 * (y * width + x));
    }
  }
}

function sample(
  { width, height, data }: RgbPicture,
  x: number,
  y: number,
  out: Uint8Array,
  at: number,
): void {
  const [sx, sy] = [clamp(x, 0, width - 1.001), clamp(y, 0, height - 1.001)];
  const [x0, y0] = [Math.floor(sx), Math.floor(sy)];
  const [fx, fy] = [sx - x0, sy - y0];
  const i = 3 * (y0 * width + x0);
  const below = i + 3 * width;
  for (let k = 0; k < 3; k++) {
    const upper = (1 - fx) * data[i + k] + fx * data[i + 3 + k];
    const lower = (1 - fx) * data[below + k] + fx * data[below + 3 + k];
    out[at + k] = Math.round((1 - fy) * upper + fy * lower);
  }
}
