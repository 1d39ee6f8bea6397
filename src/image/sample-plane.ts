import { clamp, type Plane } from './planes.ts';

/** The value of a square plane at view fractions, bilinear. */
export function samplePlane(plane: Plane, size: number, x: number, y: number): number {
  const column = clamp(x * size - 0.5, 0, size - 1.001);
  const row = clamp(y * size - 0.5, 0, size - 1.001);
  const [fx, fy] = [column % 1, row % 1];
  const i = Math.floor(row) * size + Math.floor(column);
  return (
    (1 - fy) * ((1 - fx) * plane[i] + fx * plane[i + 1]) +
    fy * ((1 - fx) * plane[i + size] + fx * plane[i + size + 1])
  );
}
