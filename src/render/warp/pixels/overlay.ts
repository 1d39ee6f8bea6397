/** Draws a computed layer over a rectangle of an I420 picture. */
import type { I420 } from '../../../image/i420.ts';
import type { Yuva } from './sprite.ts';

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Colour and opacity at a position in pixels of the picture; called with pixel centres. */
export type Shader = (x: number, y: number, out: Yuva) => void;

/** Luma is shaded per pixel, chroma once per 2×2 pixels at their common corner. */
export function drawOverlay(picture: I420, bounds: Bounds, shader: Shader): void {
  const { width, height, data } = picture;
  const left = Math.max(0, Math.floor(bounds.left / 2) * 2);
  const top = Math.max(0, Math.floor(bounds.top / 2) * 2);
  const right = Math.min(width, Math.ceil(bounds.right / 2) * 2);
  const bottom = Math.min(height, Math.ceil(bounds.bottom / 2) * 2);
  const colour: Yuva = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      shader(x + 0.5, y + 0.5, colour);
      if (colour[3] <= 0.002) continue;
      const i = y * width + x;
      data[i] += Math.round(colour[3] * (colour[0] - data[i]));
    }
  }
  const half = width / 2;
  const u = width * height;
  const v = u + u / 4;
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) {
      shader(x + 1, y + 1, colour);
      if (colour[3] <= 0.002) continue;
      const i = (y >> 1) * half + (x >> 1);
      data[u + i] += Math.round(colour[3] * (colour[1] - data[u + i]));
      data[v + i] += Math.round(colour[3] * (colour[2] - data[v + i]));
    }
  }
}
