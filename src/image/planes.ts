/** Float planes and the few image operations that the analysis needs. */

/** `[height·width]` values 0..1 or 0..255, as the name of the variable says. */
export type Plane = Float32Array;

/** A square picture as planes Y, U, V of 0..255, all at full size: the view of a portrait that is analysed. */
export interface ColourPlanes {
  size: number;
  channels: readonly [Plane, Plane, Plane];
}

/** Mean over a (2·radius+1)² window, clamped at the border, by running sums. */
export function boxBlur(source: Plane, width: number, height: number, radius: number): Plane {
  const rows = new Float32Array(source.length);
  const result = new Float32Array(source.length);
  const norm = 1 / (2 * radius + 1);
  for (let y = 0; y < height; y++) {
    const base = y * width;
    let sum = 0;
    for (let k = -radius; k <= radius; k++) sum += source[base + clamp(k, 0, width - 1)];
    for (let x = 0; x < width; x++) {
      rows[base + x] = sum * norm;
      sum += source[base + Math.min(width - 1, x + radius + 1)] - source[base + Math.max(0, x - radius)];
    }
  }
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let k = -radius; k <= radius; k++) sum += rows[clamp(k, 0, height - 1) * width + x];
    for (let y = 0; y < height; y++) {
      result[y * width + x] = sum * norm;
      sum +=
        rows[Math.min(height - 1, y + radius + 1) * width + x] - rows[Math.max(0, y - radius) * width + x];
    }
  }
  return result;
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
  const result = new Float32Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const sy = clamp(((y + 0.5) * height) / to.height - 0.5, 0, height - 1);
    const y0 = Math.max(0, Math.min(height - 2, Math.floor(sy)));
    const fy = sy - y0;
    const below = height > 1 ? width : 0;
    for (let x = 0; x < to.width; x++) {
      const sx = clamp(((x + 0.5) * width) / to.width - 0.5, 0, width - 1);
      const x0 = Math.max(0, Math.min(width - 2, Math.floor(sx)));
      const fx = sx - x0;
      const i = y0 * width + x0;
      const next = width > 1 ? i + 1 : i;
      result[y * to.width + x] =
        (1 - fy) * ((1 - fx) * input[i] + fx * input[next]) +
        fy * ((1 - fx) * input[i + below] + fx * input[next + below]);
    }
  }
  return result;
}

export function halve(source: Plane, width: number, height = width): Plane {
  const half = width >> 1;
  const result = new Float32Array(half * (height >> 1));
  for (let y = 0; y < height >> 1; y++) {
    for (let x = 0; x < half; x++) {
      const i = 2 * y * width + 2 * x;
      result[y * half + x] = 0.25 * (source[i] + source[i + 1] + source[i + width] + source[i + width + 1]);
    }
  }
  return result;
}

/**
 * Fills a square plane smoothly where `weight` is 0 from where it is 1 (push-pull, Gortler et al. 1996).
 * `size` must be a power of two.
 */
export function pushPull(planes: readonly Plane[], weight: Plane, size: number): Plane[] {
  if (size === 1) return planes.map((plane) => plane.slice());
  const half = size >> 1;
  const coarseWeight = halve(weight, size);
  const coarse = planes.map((plane) => {
    const sum = halve(
      plane.map((value, i) => value * weight[i]),
      size,
    );
    return sum.map((value, i) => (coarseWeight[i] > 1e-6 ? value / coarseWeight[i] : 0));
  });
  const filled = pushPull(
    coarse,
    coarseWeight.map((value) => Math.min(1, 4 * value)),
    half,
  );
  return planes.map((plane, p) => {
    const below = resizeSquare(filled[p], half, size);
    return plane.map((value, i) => weight[i] * value + (1 - weight[i]) * below[i]);
  });
}

/** Edge-preserving smoothing of `source` along the edges of `guide` (He, Sun, Tang 2010). */
export function guidedFilter(
  guide: Plane,
  source: Plane,
  size: number,
  radius: number,
  epsilon: number,
): Plane {
  const blur = (plane: Plane) => boxBlur(plane, size, size, radius);
  const meanGuide = blur(guide);
  const meanSource = blur(source);
  const product = blur(guide.map((value, i) => value * source[i]));
  const square = blur(guide.map((value) => value * value));
  const a = new Float32Array(guide.length);
  const b = new Float32Array(guide.length);
  for (let i = 0; i < a.length; i++) {
    const variance = square[i] - meanGuide[i] ** 2;
    a[i] = (product[i] - meanGuide[i] * meanSource[i]) / (variance + epsilon);
    b[i] = meanSource[i] - a[i] * meanGuide[i];
  }
  const meanA = blur(a);
  const meanB = blur(b);
  return guide.map((value, i) => meanA[i] * value + meanB[i]);
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

/** Rounded and limited to 0..255. */
export function toBytes(plane: Plane): Uint8Array {
  return new Uint8Array(new Uint8ClampedArray(plane).buffer);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}
