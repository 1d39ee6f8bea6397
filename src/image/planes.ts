/**
 * Float planes and the few image operations that the analysis needs. They are plain loops: `map` with a function puts
 * each of a million numbers on the heap, which was half of the time that an analysis took.
 */

/** `[height·width]` values 0..1 or 0..255, as the name of the variable says. */
export type Plane = Float32Array;

/** A square picture as planes Y, U, V of 0..255, all at full size: the view of a portrait that is analysed. */
export interface ColourPlanes {
  size: number;
  channels: readonly [Plane, Plane, Plane];
}

/** Mean over a (2·radius+1)² window, clamped at the border, by running sums. `result` may be `source` itself. */
export function boxBlur(
  source: Plane,
  width: number,
  height: number,
  radius: number,
  result: Plane = new Float32Array(source.length),
): Plane {
  const norm = 1 / (2 * radius + 1);
  // Rows are blurred as they enter the window and kept until they have left it: no more than caches hold.
  const kept = Math.min(height, 2 * radius + 2);
  const rows = new Float32Array(kept * width);
  const rowAt = (y: number) => (y % kept) * width;
  // All columns at a time: down one after the other, each value would come from another part of the memory.
  const sums = new Float64Array(width);
  for (let k = -radius; k <= radius; k++) {
    if (k >= 0 && k < height) blurRow(source, k * width, width, radius, rows, rowAt(k));
    else if (k === -radius) blurRow(source, 0, width, radius, rows, 0);
    const row = rowAt(clamp(k, 0, height - 1));
    for (let x = 0; x < width; x++) sums[x] += rows[row + x];
  }
  for (let y = 0; y < height; y++) {
    const next = y + radius + 1;
    if (next < height) blurRow(source, next * width, width, radius, rows, rowAt(next));
    const base = y * width;
    const enters = rowAt(Math.min(height - 1, next));
    const leaves = rowAt(Math.max(0, y - radius));
    for (let x = 0; x < width; x++) {
      result[base + x] = sums[x] * norm;
      sums[x] += rows[enters + x] - rows[leaves + x];
    }
  }
  return result;
}

/** Mean over 2·radius+1 of the row of `source` that begins at `from`, into `target` from `to` on. */
function blurRow(source: Plane, from: number, width: number, radius: number, target: Plane, to: number) {
  const norm = 1 / (2 * radius + 1);
  let sum = 0;
  for (let k = -radius; k <= radius; k++) sum += source[from + clamp(k, 0, width - 1)];
  for (let x = 0; x < width; x++) {
    target[to + x] = sum * norm;
    sum += source[from + Math.min(width - 1, x + radius + 1)] - source[from + Math.max(0, x - radius)];
  }
}

/** Columns and rows of a plane. */
export interface PlaneSize {
  width: number;
  height: number;
}

/** Bilinear resampling of a square plane; texel centres at (i + ½) / size. */
export function resizeSquare(source: Plane, from: number, to: number): Plane {
  return resize(source, { width: from, height: from }, { width: to, height: to });
}

/** Bilinear resampling; texel centres at (i + ½) / size. */
export function resize(source: Plane, from: PlaneSize, to: PlaneSize): Plane {
  if (from.width === to.width && from.height === to.height) return source.slice();
  let input = source;
  let { width, height } = from;
  while (width >= 2 * to.width && height >= 2 * to.height && width % 2 === 0 && height % 2 === 0) {
    input = halve(input, width, height);
    width /= 2;
    height /= 2;
  }
  if (width === to.width && height === to.height) return input;
  if (width === 1 && height === 1) return new Float32Array(to.width * to.height).fill(input[0]);
  const places = (count: number, size: number) =>
    Float64Array.from({ length: count }, (_, i) => ((i + 0.5) * size) / count - 0.5);
  return sampled(input, { width, height }, places(to.width, width), places(to.height, height));
}

/**
 * Bilinear, at each pair of a column and a row: texel i has its centre at i. Clamped to the plane; where a column or a
 * row is not a number, there is zero.
 */
export function sampled(
  plane: Plane,
  { width, height }: PlaneSize,
  columns: Float64Array,
  rows: Float64Array,
): Plane {
  const count = columns.length;
  const result = new Float32Array(count * rows.length);
  const [across, down] = [taps(columns, width), taps(rows, height)];
  // A row of a plane that is enlarged is read several times, but resampled once.
  let upper = new Float64Array(count);
  let lower = new Float64Array(count);
  let [upperRow, lowerRow] = [-1, -1];
  for (let y = 0; y < rows.length; y++) {
    const fy = down.shares[y];
    if (Number.isNaN(fy)) continue;
    const first = down.first[y];
    if (first === lowerRow) {
      [upper, lower, upperRow, lowerRow] = [lower, upper, lowerRow, upperRow];
    }
    if (first !== upperRow) sampleRow(plane, first * width, width, across, upper);
    upperRow = first;
    const next = Math.min(first + 1, height - 1);
    if (next !== lowerRow) sampleRow(plane, next * width, width, across, lower);
    lowerRow = next;
    const start = y * count;
    for (let x = 0; x < count; x++) result[start + x] = (1 - fy) * upper[x] + fy * lower[x];
  }
  return result;
}

/** Of each of some places along a line of texels, the texel before it and the share of the one behind. */
export interface Taps {
  first: Int32Array;
  shares: Float64Array;
}

/** `places`: texel i has its centre at i; clamped to a line of `size` of them. */
export function taps(places: Float64Array, size: number): Taps {
  const first = new Int32Array(places.length);
  const shares = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = clamp(places[i], 0, size - 1);
    first[i] = Math.max(0, Math.min(size - 2, Math.floor(place)));
    shares[i] = place - first[i];
  }
  return { first, shares };
}

/** Fills `line` with what the row of a plane that begins at `row` has at places, all but those that are no number. */
function sampleRow(plane: Plane, row: number, width: number, { first, shares }: Taps, line: Float64Array) {
  const next = width > 1 ? 1 : 0;
  for (let x = 0; x < line.length; x++) {
    const share = shares[x];
    if (Number.isNaN(share)) continue;
    const i = row + first[x];
    line[x] = (1 - share) * plane[i] + share * plane[i + next];
  }
}

export function halve(source: Plane, width: number, height = width): Plane {
  const half = width >> 1;
  const result = new Float32Array(half * (height >> 1));
  for (let y = 0; y < height >> 1; y++) halveRow(source, 2 * y * width, width, result, y * half);
  return result;
}

/** Means of two by two texels of the rows of `source` that begin at `from`, into `target` from `to` on. */
function halveRow(source: Plane, from: number, width: number, target: Plane, to: number): void {
  for (let x = 0, i = from; x < width >> 1; x++, i += 2) {
    target[to + x] = 0.25 * (source[i] + source[i + 1] + source[i + width] + source[i + width + 1]);
  }
}

/** Edge-preserving smoothing of `source` along the edges of `guide` (He, Sun, Tang 2010). */
export function guidedFilter(
  guide: Plane,
  source: Plane,
  size: number,
  radius: number,
  epsilon: number,
): Plane {
  const blur = (plane: Plane, result?: Plane) => boxBlur(plane, size, size, radius, result);
  const meanGuide = blur(guide);
  const meanSource = blur(source);
  const product = multiply(guide, source);
  const square = multiply(guide, guide);
  blur(product, product);
  blur(square, square);
  const [slope, offset] = [product, square];
  for (let i = 0; i < slope.length; i++) {
    const variance = square[i] - meanGuide[i] ** 2;
    slope[i] = (product[i] - meanGuide[i] * meanSource[i]) / (variance + epsilon);
    offset[i] = meanSource[i] - slope[i] * meanGuide[i];
  }
  blur(slope, slope);
  blur(offset, offset);
  for (let i = 0; i < slope.length; i++) slope[i] = slope[i] * guide[i] + offset[i];
  return slope;
}

export function multiply(a: Plane, b: Plane): Plane {
  const result = new Float32Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = a[i] * b[i];
  return result;
}

/** 1 where a plane is above `limit`, else 0. */
export function above(plane: Plane, limit: number): Plane {
  const result = new Float32Array(plane.length);
  for (let i = 0; i < result.length; i++) if (plane[i] > limit) result[i] = 1;
  return result;
}

/** A square of a square plane, its upper left corner at column `left` and row `top`. */
export function cutSquare(source: Plane, size: number, left: number, top: number, side: number): Plane {
  const cut = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const from = (top + y) * size + left;
    cut.set(source.subarray(from, from + side), y * side);
  }
  return cut;
}

/** Planes of 0..255 as bytes, pixel after pixel. */
export function interleave(planes: readonly Plane[]): Uint8Array {
  const result = new Uint8Array(planes.length * planes[0].length);
  planes.forEach((plane, c) => {
    for (let i = 0; i < plane.length; i++) {
      result[planes.length * i + c] = clamp(Math.round(plane[i]), 0, 255);
    }
  });
  return result;
}

/** The planes of what `interleave` made. */
export function deinterleave(texels: Uint8Array, channels: number): Plane[] {
  return Array.from({ length: channels }, (_, c) => {
    const plane = new Float32Array(texels.length / channels);
    for (let i = 0; i < plane.length; i++) plane[i] = texels[channels * i + c];
    return plane;
  });
}

/** `scale` times the plane, rounded and limited to 0..255. */
export function toBytes(plane: Plane, scale = 1): Uint8Array {
  const bytes = new Uint8ClampedArray(plane.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.fround(scale * plane[i]);
  return new Uint8Array(bytes.buffer);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}
