/** Reads square planes at view fractions (0..1 from the left and from the top); beyond their edges, what is there. */
import type { Yuv } from './colour.ts';
import { type ColourPlanes, clamp, type Plane } from './planes.ts';

/** Index of the pixel that a position lies in, for planes `size` pixels a side. */
export function nearestPixel(size: number, x: number, y: number): number {
  return clamp(Math.floor(y * size), 0, size - 1) * size + clamp(Math.floor(x * size), 0, size - 1);
}

/** The colour of the pixel that a position lies in. */
export function nearestColour({ size, channels }: ColourPlanes, x: number, y: number): Yuv {
  const i = nearestPixel(size, x, y);
  return [channels[0][i], channels[1][i], channels[2][i]];
}

/** The value at a position, bilinear. */
export function samplePlane(plane: Plane, size: number, x: number, y: number): number {
  const column = clamp(x * size - 0.5, 0, size - 1.001);
  const row = clamp(y * size - 0.5, 0, size - 1.001);
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [fx, fy] = [column - left, row - top];
  const i = top * size + left;
  return (
    (1 - fy) * ((1 - fx) * plane[i] + fx * plane[i + 1]) +
    fy * ((1 - fx) * plane[i + size] + fx * plane[i + size + 1])
  );
}

/** The colour at a position, bilinear. */
export function sampleColour({ size, channels: [luma, u, v] }: ColourPlanes, x: number, y: number): Yuv {
  return [samplePlane(luma, size, x, y), samplePlane(u, size, x, y), samplePlane(v, size, x, y)];
}
