import { INNER_LOWER_LIP, INNER_MOUTH_CORNER, INNER_UPPER_LIP } from '../../../../face/topology.ts';
import { isInside, type Point } from '../../../../image/polygon.ts';

/** Indices of the pixels between parted lips, row after row. `landmarks`: `[478·3]` in view fractions. */
export function pixelsBetweenLips(landmarks: Float32Array, size: number): number[] {
  const at = (i: number): Point => [landmarks[3 * i] * size, landmarks[3 * i + 1] * size];
  const mouth = [
    at(INNER_MOUTH_CORNER.right),
    ...INNER_UPPER_LIP.map(at),
    at(INNER_MOUTH_CORNER.left),
    ...[...INNER_LOWER_LIP].reverse().map(at),
  ];
  const [xs, ys] = [mouth.map(([x]) => x), mouth.map(([, y]) => y)];
  const inside: number[] = [];
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(size, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(size, Math.max(...xs)); x++) {
      if (isInside(x + 0.5, y + 0.5, mouth)) inside.push(y * size + x);
    }
  }
  return inside;
}
