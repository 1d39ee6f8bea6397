import { clamp } from './planes.ts';

export type Point = readonly [x: number, y: number];

/** The point that lies at the share `t` of the way from `a` to `b`. */
export function between(a: Point, b: Point, t: number): Point {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
}

/** Whether a position lies in a closed polygon (crossings of a ray to the right are odd). */
export function isInside(x: number, y: number, polygon: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Distance to the nearest edge of a closed polygon, positive inside it. */
export function distanceInside(x: number, y: number, polygon: readonly Point[]): number {
  let [nearest, offX, offY] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [dx, dy] = [polygon[j][0] - ax, polygon[j][1] - ay];
    const t = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-9), 0, 1);
    const [alongX, alongY] = [x - ax - t * dx, y - ay - t * dy];
    const squared = alongX * alongX + alongY * alongY;
    if (squared < nearest) [nearest, offX, offY] = [squared, alongX, alongY];
  }
  const distance = Math.hypot(offX, offY);
  return isInside(x, y, polygon) ? distance : -distance;
}
