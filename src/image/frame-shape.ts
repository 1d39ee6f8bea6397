/** Shapes that pictures are framed in: rectangles, rounded ones, circles and ellipses. */
import type { Rectangle } from './cut-and-scale.ts';

/** Pixels of a picture; whole numbers lie between two pixels. */
export interface Shape {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Half axes of the corners' ellipse: 0 for a rectangle, half of the sides for an ellipse. */
  cornerX: number;
  cornerY: number;
}

export type Side = 'left' | 'top' | 'right' | 'bottom';

/** A place on the edge of a shape, and the way out. */
export interface EdgePoint {
  x: number;
  y: number;
  outX: number;
  outY: number;
  side: Side;
}

/** What lies outside of a frame's inside: `[height·width]`, 1 outside. */
export interface Outside {
  mask: Uint8Array;
  width: number;
  height: number;
}

const EDGE_STEP = 3;
/** Edges are found within so many pixels. */
const REACH = 2.5;
/** Of the edge that lies in the picture so much has to be one. */
const MIN_SUPPORT = 0.75;
/** And so much of all of it has to lie in the picture. */
const MIN_EDGE = 0.3;
/** What else there may be beyond the shape, such as words on it. */
const MAX_OTHERS = 0.25;
/** Columns and rows with less of the inside than this share of its height and width are stray. */
const STRAY = 0.02;
const RADII = 20;

export function inset(shape: Shape, by: Readonly<Record<Side, number>>): Shape {
  const [across, down] = [(by.left + by.right) / 2, (by.top + by.bottom) / 2];
  return {
    left: shape.left + by.left,
    top: shape.top + by.top,
    right: shape.right - by.right,
    bottom: shape.bottom - by.bottom,
    cornerX: Math.max(0, shape.cornerX - across),
    cornerY: Math.max(0, shape.cornerY - down),
  };
}

export function evenly(by: number): Record<Side, number> {
  return { left: by, top: by, right: by, bottom: by };
}

export function isInside(
  { left, top, right, bottom, cornerX, cornerY }: Shape,
  x: number,
  y: number,
): boolean {
  if (x < left || x > right || y < top || y > bottom) return false;
  const across = Math.max(left + cornerX - x, x - right + cornerX);
  const down = Math.max(top + cornerY - y, y - bottom + cornerY);
  return across <= 0 || down <= 0 || (across / cornerX) ** 2 + (down / cornerY) ** 2 <= 1;
}

/** Places all along the edge. */
export function edgeOf({ left, top, right, bottom, cornerX, cornerY }: Shape): EdgePoint[] {
  const points: EdgePoint[] = [];
  for (let x = left + cornerX; x <= right - cornerX; x += EDGE_STEP) {
    points.push({ x, y: top, outX: 0, outY: -1, side: 'top' });
    points.push({ x, y: bottom, outX: 0, outY: 1, side: 'bottom' });
  }
  for (let y = top + cornerY; y <= bottom - cornerY; y += EDGE_STEP) {
    points.push({ x: left, y, outX: -1, outY: 0, side: 'left' });
    points.push({ x: right, y, outX: 1, outY: 0, side: 'right' });
  }
  const count = Math.floor((Math.PI * (cornerX + cornerY)) / 4 / EDGE_STEP);
  for (let i = 0; i < count; i++) {
    const angle = ((i + 0.5) / count) * (Math.PI / 2);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const length = Math.hypot(cos / cornerX, sin / cornerY);
    const [outX, outY] = [cos / cornerX / length, sin / cornerY / length];
    for (const [rightwards, downwards] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ]) {
      const [x, y] = [
        rightwards > 0 ? right - cornerX : left + cornerX,
        downwards > 0 ? bottom - cornerY : top + cornerY,
      ];
      const sideways = outX > outY;
      points.push({
        x: x + rightwards * cornerX * cos,
        y: y + downwards * cornerY * sin,
        outX: rightwards * outX,
        outY: downwards * outY,
        side: sideways ? (rightwards > 0 ? 'right' : 'left') : downwards > 0 ? 'bottom' : 'top',
      });
    }
  }
  return points;
}

/** The same box with corners of all kinds. */
export function withCorners(box: Shape): Shape[] {
  const [across, down] = [(box.right - box.left) / 2, (box.bottom - box.top) / 2];
  const round = Array.from({ length: RADII + 1 }, (_, i) => (i / RADII) * Math.min(across, down));
  return [
    ...round.map((radius) => ({ ...box, cornerX: radius, cornerY: radius })),
    { ...box, cornerX: across, cornerY: down },
  ];
}

/** In square pixels. */
export function areaOf({ left, top, right, bottom, cornerX, cornerY }: Shape): number {
  return (right - left) * (bottom - top) - (4 - Math.PI) * cornerX * cornerY;
}

/** Whole pixels within a shape's box. */
export function boxWithin({ left, top, right, bottom }: Shape): Rectangle {
  const [x, y] = [Math.ceil(left), Math.ceil(top)];
  return { left: x, top: y, width: Math.floor(right) - x, height: Math.floor(bottom) - y };
}

/** In pixels of a part of the picture that is shown `enlarged` times as large. */
export function shapeIn(shape: Shape, { left, top }: Rectangle, enlarged: number): Shape {
  return {
    left: enlarged * (shape.left - left),
    top: enlarged * (shape.top - top),
    right: enlarged * (shape.right - left),
    bottom: enlarged * (shape.bottom - top),
    cornerX: enlarged * shape.cornerX,
    cornerY: enlarged * shape.cornerY,
  };
}

/** The shape of the inside about a place, or undefined where it is none that frames have. */
export function fitShape(outside: Outside, at: readonly [x: number, y: number]): Shape | undefined {
  const inside = connected(outside, at);
  const box = inside && boxOf(inside, outside);
  if (!box) return undefined;
  let [best, most] = [box, 0];
  for (const shape of withCorners(box)) {
    const support = supportOf(shape, outside);
    if (support > most) [best, most] = [shape, support];
  }
  return most >= MIN_SUPPORT && isAlone(best, outside) ? best : undefined;
}

/** All of the inside that hangs together with a place; undefined where that is outside. */
function connected(
  { mask, width, height }: Outside,
  [x, y]: readonly [number, number],
): Uint8Array | undefined {
  const start = clampedIndex(x, y, width, height);
  if (mask[start]) return undefined;
  const found = new Uint8Array(mask.length);
  const left = [start];
  found[start] = 1;
  for (let i = left.pop(); i !== undefined; i = left.pop()) {
    const column = i % width;
    for (const next of [column > 0 ? i - 1 : i, column < width - 1 ? i + 1 : i, i - width, i + width]) {
      if (next < 0 || next >= mask.length || mask[next] || found[next]) continue;
      found[next] = 1;
      left.push(next);
    }
  }
  return found;
}

function clampedIndex(x: number, y: number, width: number, height: number): number {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x)));
  return Math.min(height - 1, Math.max(0, Math.floor(y))) * width + column;
}

function boxOf(inside: Uint8Array, { width, height }: Outside): Shape | undefined {
  const columns = new Uint32Array(width);
  const rows = new Uint32Array(height);
  for (let i = 0; i < inside.length; i++) {
    columns[i % width] += inside[i];
    rows[Math.floor(i / width)] += inside[i];
  }
  const enough = (counts: Uint32Array) => {
    const least = STRAY * counts.reduce((most, count) => Math.max(most, count), 0);
    const isPart = (count: number) => count > 0 && count >= least;
    return [counts.findIndex(isPart), counts.findLastIndex(isPart) + 1];
  };
  const [[left, right], [top, bottom]] = [enough(columns), enough(rows)];
  return right > left && bottom > top ? { left, top, right, bottom, cornerX: 0, cornerY: 0 } : undefined;
}

/** Share of the edge within the picture at which the outside ends; 0 where hardly any is within. */
function supportOf(shape: Shape, { mask, width, height }: Outside): number {
  const points = edgeOf(shape);
  let [within, supported] = [0, 0];
  for (const { x, y, outX, outY } of points) {
    const [farX, farY] = [x + 0.5 * outX, y + 0.5 * outY];
    if (farX < 0 || farY < 0 || farX >= width || farY >= height) continue;
    within++;
    const outer = mask[clampedIndex(x + REACH * outX, y + REACH * outY, width, height)];
    const inner = mask[clampedIndex(x - REACH * outX, y - REACH * outY, width, height)];
    if (outer && !inner) supported++;
  }
  return within >= MIN_EDGE * points.length ? supported / within : 0;
}

function isAlone(shape: Shape, { mask, width, height }: Outside): boolean {
  let [beyond, others] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (isInside(shape, x + 0.5, y + 0.5)) continue;
      beyond++;
      if (!mask[y * width + x]) others++;
    }
  }
  return beyond > 0 && others <= MAX_OTHERS * beyond;
}
