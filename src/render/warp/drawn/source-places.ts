/** Where in the portrait the pixels of a picture come from, as the map of sources has it: what is drawn on top follows all that warps. */
import type { SourceMap } from '../pixels/rasterise-map.ts';

export class SourcePlaces {
  /** Filled by `locate`: view fractions. */
  x = 0;
  y = 0;
  readonly #map: SourceMap;

  constructor(map: SourceMap) {
    this.#map = map;
  }

  /** Pixels of the picture; within it. */
  locate(px: number, py: number): void {
    const { width, height, values, toView } = this.#map;
    const cx = Math.min(Math.max(0.5 * px - 0.5, 0), width - 1.001);
    const cy = Math.min(Math.max(0.5 * py - 0.5, 0), height - 1.001);
    const column = Math.floor(cx);
    const row = Math.floor(cy);
    const fx = cx - column;
    const fy = cy - row;
    const i = row * width + column;
    const v = i + width * height;
    const a = (1 - fx) * (1 - fy);
    const b = fx * (1 - fy);
    const c = (1 - fx) * fy;
    const d = fx * fy;
    this.x =
      toView.x *
      (a * values[i] + b * values[i + 1] + c * values[i + width] + d * values[i + width + 1] - toView.from);
    this.y =
      0.5 * (a * values[v] + b * values[v + 1] + c * values[v + width] + d * values[v + width + 1] + 1);
  }
}
