/** Whether a portrait is a drawing, told by its flat skin. */
import { type ColourPlanes, clamp } from '../../../image/planes.ts';

/** Share of cheek pixels without any gradient: drawings have flat skin, photographs and paintings do not (0.89 against at most 0.57). */
const DRAWN_FLATNESS = 0.75;

export function isDrawn(view: ColourPlanes, landmarks: Float32Array): boolean {
  return flatness(view, landmarks) >= DRAWN_FLATNESS;
}

/** Share of pixels on both cheeks that equal their neighbours. */
function flatness({ size, channels: [luma] }: ColourPlanes, landmarks: Float32Array): number {
  let flat = 0;
  let count = 0;
  for (const [a, b, c] of [
    [50, 101, 205],
    [280, 330, 425],
  ]) {
    for (let s = 0.05; s < 1; s += 0.05) {
      for (let t = 0.05; s + t < 1; t += 0.05) {
        const at = (axis: number) =>
          Math.floor(
            size *
              ((1 - s - t) * landmarks[3 * a + axis] +
                s * landmarks[3 * b + axis] +
                t * landmarks[3 * c + axis]),
          );
        const i = clamp(at(1), 1, size - 2) * size + clamp(at(0), 1, size - 2);
        const gradient = Math.abs(luma[i + 1] - luma[i - 1]) + Math.abs(luma[i + size] - luma[i - size]);
        if (gradient < 2.5) flat++;
        count++;
      }
    }
  }
  return flat / count;
}
