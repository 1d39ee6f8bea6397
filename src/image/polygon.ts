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
    const ax = polygon[i][0];
    const ay = polygon[i][1];
    const bx = polygon[j][0];
    const by = polygon[j][1];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Distance to the nearest edge of a closed polygon, positive inside it. */
export function distanceInside(x: number, y: number, polygon: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  let offX = 0;
  let offY = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const ax = polygon[i][0];
    const ay = polygon[i][1];
    const dx = polygon[j][0] - ax;
    const dy = polygon[j][1] - ay;
    const t = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-9), 0, 1);
    const awayX = x - ax - t * dx;
    const awayY = y - ay - t * dy;
    const squared = awayX * awayX + awayY * awayY;
    if (squared >= nearest) continue;
    nearest = squared;
    offX = awayX;
    offY = awayY;
  }
  const distance = Math.hypot(offX, offY);
  return isInside(x, y, polygon) ? distance : -distance;
}
