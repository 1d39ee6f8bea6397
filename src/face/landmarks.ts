/** Distances and directions between landmarks: points `[n·3]`, x right, y down, z towards the viewer. */

export function distance(points: ArrayLike<number>, a: number, b: number): number {
  return Math.hypot(
    points[3 * a] - points[3 * b],
    points[3 * a + 1] - points[3 * b + 1],
    points[3 * a + 2] - points[3 * b + 2],
  );
}

/** Where a point is in the picture: [x, y]. */
export function position(points: ArrayLike<number>, i: number): [x: number, y: number] {
  return [points[3 * i], points[3 * i + 1]];
}

/** Halfway between two points: [x, y, z]. */
export function midpoint(points: ArrayLike<number>, a: number, b: number): [number, number, number] {
  const axis = (k: number) => 0.5 * (points[3 * a + k] + points[3 * b + k]);
  return [axis(0), axis(1), axis(2)];
}

/** Up in a head of the given axes (row-major rotation, columns right, up, out) as a vector of the picture, y down. */
export function headUp(axes: ArrayLike<number>): [number, number, number] {
  return [axes[1], axes[4], axes[7]];
}

/** How far up in the direction of `up` a point lies. */
export function height(points: ArrayLike<number>, i: number, up: readonly number[]): number {
  return points[3 * i] * up[0] + points[3 * i + 1] * up[1] + points[3 * i + 2] * up[2];
}
