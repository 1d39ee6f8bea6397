import type { I420 } from '../image/i420.ts';

/** For each pixel of a target row: the source pixel to its left and the weight of the one to its right, 0..256. */
interface Taps {
  left: Uint16Array;
  weight: Uint16Array;
}

const tapsOfSizes = new Map<string, Taps>();

/**
 * Bilinear, centre on centre, into `target`; for pictures that get smaller by at most a half, where that needs no
 * other filter.
 */
export function scaleI420(source: I420, target: I420): void {
  scalePlane(source, target, 0, 0, 0);
  const [from, to] = [source.width * source.height, target.width * target.height];
  scalePlane(source, target, 1, from, to);
  scalePlane(source, target, 1, from + from / 4, to + to / 4);
}

function scalePlane(source: I420, target: I420, shift: 0 | 1, sourceAt: number, targetAt: number): void {
  const sourceWidth = source.width >> shift;
  const width = target.width >> shift;
  const columns = taps(sourceWidth, width);
  const rows = taps(source.height >> shift, target.height >> shift);
  const [from, to] = [source.data, target.data];
  let out = targetAt;
  for (let y = 0; y < rows.left.length; y++) {
    const upper = sourceAt + rows.left[y] * sourceWidth;
    const lower = rows.weight[y] > 0 ? upper + sourceWidth : upper;
    const down = rows.weight[y];
    for (let x = 0; x < width; x++) {
      const left = columns.left[x];
      const right = columns.weight[x];
      const next = right > 0 ? left + 1 : left;
      const above = from[upper + left] * (256 - right) + from[upper + next] * right;
      const below = from[lower + left] * (256 - right) + from[lower + next] * right;
      to[out++] = (above * (256 - down) + below * down + 32768) >> 16;
    }
  }
}

function taps(from: number, to: number): Taps {
  const key = `${from}/${to}`;
  const known = tapsOfSizes.get(key);
  if (known) return known;
  const made = { left: new Uint16Array(to), weight: new Uint16Array(to) };
  for (let i = 0; i < to; i++) {
    const centre = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    made.left[i] = Math.floor(centre);
    made.weight[i] = Math.round((centre - made.left[i]) * 256);
  }
  tapsOfSizes.set(key, made);
  return made;
}
