/**
 * Lanczos resampling of planes (Duchon 1979; three lobes): what a portrait is made larger or smaller by, once, on its
 * way to the picture. Bilinear sampling blurs what is made smaller by less than two and lets the rest alias.
 */
import { clamp, halve, type Plane, type PlaneSize } from './planes.ts';

const LOBES = 3;

/**
 * Texel centres at (i + ½) / size; values are kept within `lowest`..`highest`, beyond which the filter swings at edges. What is
 * made less than half as large is halved before, by means, which takes a tenth of the time.
 */
export function resample(source: Plane, from: PlaneSize, to: PlaneSize, highest: number, lowest = 0): Plane {
  const { width, height } = from;
  if (width === to.width && height === to.height) return source;
  if (width >= 2 * to.width && height >= 2 * to.height && width % 2 === 0 && height % 2 === 0) {
    return resample(
      halve(source, width, height),
      { width: width / 2, height: height / 2 },
      to,
      highest,
      lowest,
    );
  }
  const across = filter(from.width, to.width);
  const down = filter(from.height, to.height);
  const rows = new Float32Array(from.height * to.width);
  const line = new Float32Array(from.width + 2 * across.margin);
  for (let y = 0; y < from.height; y++) {
    padRow(source, y * from.width, from.width, across.margin, line);
    filterRow(line, across, rows, y * to.width);
  }
  const result = new Float32Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const target = y * to.width;
    for (let k = 0; k < down.taps; k++) {
      const row = clamp(down.first[y] + k - down.margin, 0, from.height - 1) * to.width;
      const weight = down.weights[y * down.taps + k];
      for (let x = 0; x < to.width; x++) result[target + x] += weight * rows[row + x];
    }
    for (let x = target; x < target + to.width; x++) result[x] = clamp(result[x], lowest, highest);
  }
  return result;
}

export function resampleSquare(source: Plane, from: number, to: number, highest: number, lowest = 0): Plane {
  return resample(source, { width: from, height: from }, { width: to, height: to }, highest, lowest);
}

/** What each place on a line of `to` takes from a line of `from`, which has `margin` more texels at either end. */
interface Filter {
  margin: number;
  taps: number;
  first: Int32Array;
  weights: Float32Array;
}

function filter(from: number, to: number): Filter {
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  const margin = Math.ceil(LOBES * stretch);
  const taps = 2 * margin;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5;
    const start = Math.floor(centre) - margin + 1;
    first[i] = start + margin;
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += lanczos((start + k - centre) / stretch);
    for (let k = 0; k < taps; k++) {
      weights[i * taps + k] = lanczos((start + k - centre) / stretch) / sum;
    }
  }
  return { margin, taps, first, weights };
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const angle = Math.PI * x;
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / (angle * angle);
}

/** Beyond its ends a line goes on as it ends. */
function padRow(source: Plane, start: number, width: number, margin: number, line: Float32Array) {
  for (let x = 0; x < width; x++) line[margin + x] = source[start + x];
  line.fill(source[start], 0, margin);
  line.fill(source[start + width - 1], margin + width);
}

function filterRow(line: Float32Array, { taps, first, weights }: Filter, target: Plane, start: number) {
  for (let x = 0, w = 0; x < first.length; x++) {
    let sum = 0;
    for (let k = 0, i = first[x]; k < taps; k++, w++, i++) sum += weights[w] * line[i];
    target[start + x] = sum;
  }
}
