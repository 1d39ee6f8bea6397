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

const LEAST_ALPHA = 0.002;

/** Luma is shaded per pixel; chroma is the mean of what lies on its 2×2 pixels, each as far as it covers. */
export function drawOverlay(picture: I420, bounds: Bounds, shader: Shader): void {
  const { width, height, data } = picture;
  const left = Math.max(0, Math.floor(bounds.left / 2) * 2);
  const top = Math.max(0, Math.floor(bounds.top / 2) * 2);
  const right = Math.min(width, Math.ceil(bounds.right / 2) * 2);
  const bottom = Math.min(height, Math.ceil(bounds.bottom / 2) * 2);
  const colour: Yuva = [0, 0, 0, 0];
  const half = width / 2;
  const u = width * height;
  const v = u + u / 4;
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) {
      let [alpha, sumU, sumV] = [0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const column = x + (k & 1);
        const row = y + (k >> 1);
        shader(column + 0.5, row + 0.5, colour);
        if (colour[3] <= LEAST_ALPHA) continue;
        const i = row * width + column;
        data[i] += Math.round(colour[3] * (colour[0] - data[i]));
        alpha += colour[3];
        sumU += colour[3] * colour[1];
        sumV += colour[3] * colour[2];
      }
      if (alpha <= 4 * LEAST_ALPHA) continue;
      const i = (y >> 1) * half + (x >> 1);
      data[u + i] += Math.round((sumU - alpha * data[u + i]) / 4);
      data[v + i] += Math.round((sumV - alpha * data[v + i]) / 4);
    }
  }
}
