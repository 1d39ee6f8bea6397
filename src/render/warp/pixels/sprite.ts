/** Small YUV pictures with opacity that are drawn onto a frame. */
import { clamp } from '../../../image/planes.ts';

export type Yuva = [y: number, u: number, v: number, alpha: number];

/** Interleaved `[height·width·4]`: Y, U, V premultiplied by alpha, and alpha 0..1. */
export class Sprite {
  readonly width: number;
  readonly height: number;
  readonly texels: Float32Array;

  constructor(width: number, height: number, texels: Float32Array) {
    this.width = width;
    this.height = height;
    this.texels = texels;
  }

  /** Bilinear sample at texel coordinates (texel i has its centre at i + ½), clamped at the border; unpremultiplied. */
  sample(x: number, y: number, out: Yuva): void {
    const sx = clamp(x - 0.5, 0, this.width - 1.001);
    const sy = clamp(y - 0.5, 0, this.height - 1.001);
    const x0 = Math.floor(sx);
    const y0 = Math.floor(sy);
    const fx = sx - x0;
    const fy = sy - y0;
    const { texels } = this;
    const i = 4 * (y0 * this.width + x0);
    const below = i + 4 * this.width;
    const a = (1 - fx) * (1 - fy);
    const b = fx * (1 - fy);
    const c = (1 - fx) * fy;
    const d = fx * fy;
    const alpha = a * texels[i + 3] + b * texels[i + 7] + c * texels[below + 3] + d * texels[below + 7];
    const norm = alpha > 1e-4 ? 1 / alpha : 0;
    out[0] = norm * (a * texels[i] + b * texels[i + 4] + c * texels[below] + d * texels[below + 4]);
    out[1] = norm * (a * texels[i + 1] + b * texels[i + 5] + c * texels[below + 1] + d * texels[below + 5]);
    out[2] = norm * (a * texels[i + 2] + b * texels[i + 6] + c * texels[below + 2] + d * texels[below + 6]);
    out[3] = alpha;
  }

  /** Reduced to about `factor` (at most 1) of its size by area averaging, against aliasing. */
  reduced(factor: number): Sprite {
    const width = Math.max(2, Math.round(this.width * Math.min(1, factor)));
    const height = Math.max(2, Math.round(this.height * Math.min(1, factor)));
    if (width === this.width && height === this.height) return this;
    const rows = averageRuns(this.texels, this.height, this.width, width, 4, 4 * this.width, 4 * width);
    const result = averageRuns(rows, width, this.height, height, 4 * width, 4, 4);
    return new Sprite(width, height, result);
  }
}

/** Lays an opaque colour of the given strength over what is there. */
export function layOver(colour: readonly number[], strength: number, out: Yuva): void {
  const kept = out[3] * (1 - strength);
  const alpha = strength + kept;
  if (alpha < 1e-3) return;
  const norm = 1 / alpha;
  out[0] = norm * (strength * colour[0] + kept * out[0]);
  out[1] = norm * (strength * colour[1] + kept * out[1]);
  out[2] = norm * (strength * colour[2] + kept * out[2]);
  out[3] = alpha;
}

/** Averages `from` texels to `to` along one axis, for each of `lines` lines of the other axis. */
function averageRuns(
  source: Float32Array,
  lines: number,
  from: number,
  to: number,
  step: number,
  lineStep: number,
  targetLineStep: number,
): Float32Array {
  const result = new Float32Array(lines * to * 4);
  const ratio = from / to;
  for (let j = 0; j < to; j++) {
    const end = (j + 1) * ratio;
    const first = Math.floor(j * ratio);
    const last = Math.min(from, Math.ceil(end));
    for (let i = first; i < last; i++) {
      const weight = (Math.min(end, i + 1) - Math.max(j * ratio, i)) / ratio;
      let target = j * step;
      let texel = i * step;
      for (let line = 0; line < lines; line++) {
        result[target] += weight * source[texel];
        result[target + 1] += weight * source[texel + 1];
        result[target + 2] += weight * source[texel + 2];
        result[target + 3] += weight * source[texel + 3];
        target += targetLineStep;
        texel += lineStep;
      }
    }
  }
  return result;
}
