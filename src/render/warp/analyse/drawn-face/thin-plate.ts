/** Smooth displacements that take given values at given places (thin-plate splines, Bookstein 1989). */
import { Matrix, solve } from 'ml-matrix';
import type { Point } from '../../../../image/polygon.ts';

/**
 * `places` must not all lie on one line. `stiffness`: keeps the plate from bending after every point's last pixel, in
 * squares of the places' unit.
 */
export function bend(
  places: readonly Point[],
  values: readonly Point[],
  stiffness = 0,
): (place: Point) => Point {
  const count = places.length;
  const system = Matrix.zeros(count + 3, count + 3);
  const right = Matrix.zeros(count + 3, 2);
  places.forEach(([x, y], i) => {
    for (let j = 0; j < count; j++) system.set(i, j, i === j ? stiffness : kernel(places[i], places[j]));
    [1, x, y].forEach((value, k) => {
      system.set(i, count + k, value);
      system.set(count + k, i, value);
    });
    right.setRow(i, [...values[i]]);
  });
  const weights = solve(system, right);
  return (place) => {
    const sum = [0, 1].map((axis) => {
      const affine = [1, place[0], place[1]].map((value, k) => value * weights.get(count + k, axis));
      return affine[0] + affine[1] + affine[2];
    });
    for (let j = 0; j < count; j++) {
      const share = kernel(place, places[j]);
      sum[0] += share * weights.get(j, 0);
      sum[1] += share * weights.get(j, 1);
    }
    return [sum[0], sum[1]];
  };
}

function kernel(a: Point, b: Point): number {
  const square = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
  return square > 0 ? 0.5 * square * Math.log(square) : 0;
}
