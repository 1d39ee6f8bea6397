/** Factors on the luma of a picture in cells of some pixels, bilinear between their middles. */
import type { I420 } from '../../../image/i420.ts';
import type { PlaneSize } from '../../../image/planes.ts';

type Place = readonly [x: number, y: number];

const BLACK = 16;
/** A change of luma by less is none. */
const UNSEEN = 0.002;

export class LumaFactors {
  readonly #cell: number;
  readonly #width: number;
  readonly #height: number;
  readonly #values: Float32Array;
  readonly #row: Float32Array;
  /** Rows and columns that have something else than 1. */
  #top = 0;
  #bottom = -1;
  #left = 0;
  #right = -1;

  /** `cell`: its side in pixels. */
  constructor({ width, height }: PlaneSize, cell: number) {
    this.#cell = cell;
    this.#width = Math.ceil(width / cell) + 1;
    this.#height = Math.ceil(height / cell) + 1;
    this.#values = new Float32Array(this.#width * this.#height).fill(1);
    this.#row = new Float32Array(this.#width);
  }

  clear(): void {
    if (this.#bottom >= this.#top) {
      this.#values.fill(1, this.#top * this.#width, (this.#bottom + 1) * this.#width);
    }
    [this.#top, this.#bottom] = [this.#height, -1];
    [this.#left, this.#right] = [this.#width, -1];
  }

  /** `positions [vertices·3]` in units of `scale` pixels; `factors` of the vertices; triangles that face away are left out. */
  fill(positions: Float32Array, scale: number, factors: Float32Array, triangles: ArrayLike<number>): void {
    const s = scale / this.#cell;
    for (let t = 0; t < triangles.length; t += 3) {
      const [a, b, c] = [triangles[t], triangles[t + 1], triangles[t + 2]];
      const [fa, fb, fc] = [factors[a], factors[b], factors[c]];
      if (fa === 1 && fb === 1 && fc === 1) continue;
      const [ax, ay] = [positions[3 * a] * s - 0.5, positions[3 * a + 1] * s - 0.5];
      const [bx, by] = [positions[3 * b] * s - 0.5, positions[3 * b + 1] * s - 0.5];
      const [cx, cy] = [positions[3 * c] * s - 0.5, positions[3 * c + 1] * s - 0.5];
      const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
      if (area > -1e-6) continue;
      const top = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
      const bottom = Math.min(this.#height - 1, Math.floor(Math.max(ay, by, cy)));
      const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
      const right = Math.min(this.#width - 1, Math.floor(Math.max(ax, bx, cx)));
      const inverse = 1 / area;
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) * inverse;
          const wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) * inverse;
          if (wb < 0 || wc < 0 || wb + wc > 1) continue;
          this.#values[y * this.#width + x] = fa + wb * (fb - fa) + wc * (fc - fa);
        }
      }
      this.#touch(top, bottom, left, right);
    }
  }

  /**
   * Multiplies what lies within `reach` pixels of a line by `factorAt` of the distance, positive on the side of `beside`,
   * and of the share of the line before it.
   */
  alongLine(
    line: readonly Place[],
    beside: Place,
    reach: number,
    factorAt: (distance: number, along: number) => number,
  ): void {
    const cell = this.#cell;
    const row = (y: number) => Math.round(y / cell - 0.5);
    const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
    const top = Math.max(0, row(Math.min(...ys) - reach));
    const bottom = Math.min(this.#height - 1, row(Math.max(...ys) + reach));
    const left = Math.max(0, row(Math.min(...xs) - reach));
    const right = Math.min(this.#width - 1, row(Math.max(...xs) + reach));
    const near: Nearest = { distance: 0, along: 0 };
    nearestOn(line, ...beside, near);
    const side = Math.sign(near.distance);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        nearestOn(line, (x + 0.5) * cell, (y + 0.5) * cell, near);
        if (Math.abs(near.distance) > reach) continue;
        this.#values[y * this.#width + x] *= factorAt(side * near.distance, near.along);
      }
    }
    this.#touch(top, bottom, left, right);
  }

  #touch(top: number, bottom: number, left: number, right: number): void {
    this.#top = Math.min(this.#top, top);
    this.#bottom = Math.max(this.#bottom, bottom);
    this.#left = Math.min(this.#left, left);
    this.#right = Math.max(this.#right, right);
  }

  apply({ width, height, data }: I420): void {
    if (this.#bottom < this.#top) return;
    const cell = this.#cell;
    const columns = this.#width;
    const values = this.#values;
    const row = this.#row;
    const first = Math.max(0, Math.floor((this.#top - 0.5) * cell));
    const last = Math.min(height - 1, Math.ceil((this.#bottom + 1.5) * cell));
    const [left, right] = [Math.max(0, this.#left - 1), Math.min(columns - 2, this.#right)];
    for (let y = first; y <= last; y++) {
      const place = Math.max(0, (y + 0.5) / cell - 0.5);
      const above = Math.min(this.#height - 2, Math.floor(place));
      const share = place - above;
      for (let x = left, i = above * columns + left; x <= right + 1; x++, i++) {
        row[x] = values[i] + share * (values[i + columns] - values[i]);
      }
      for (let column = left; column <= right; column++) {
        const from = row[column];
        const to = row[column + 1];
        if (from > 1 - UNSEEN && from < 1 + UNSEEN && to > 1 - UNSEEN && to < 1 + UNSEEN) continue;
        const middle = (column + 0.5) * cell - 0.5;
        const start = Math.max(0, Math.ceil(middle));
        const end = y * width + Math.min(width, Math.ceil(middle + cell));
        const step = (to - from) / cell;
        let factor = from + (start - middle) * step;
        for (let i = y * width + start; i < end; i++, factor += step) {
          const shaded = (BLACK + (data[i] - BLACK) * factor + 0.5) | 0;
          data[i] = Math.min(255, shaded);
        }
      }
    }
  }
}

/** Of a place: how far from a line, by sign on which side of it, and the share of the line before it, 0..1. */
interface Nearest {
  distance: number;
  along: number;
}

function nearestOn(line: readonly Place[], x: number, y: number, result: Nearest): void {
  result.distance = Number.POSITIVE_INFINITY;
  for (let k = 0; k + 1 < line.length; k++) {
    const ax = line[k][0];
    const ay = line[k][1];
    const ux = line[k + 1][0] - ax;
    const uy = line[k + 1][1] - ay;
    const share = Math.min(1, Math.max(0, ((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy || 1)));
    const dx = x - ax - share * ux;
    const dy = y - ay - share * uy;
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (distance >= Math.abs(result.distance)) continue;
    result.distance = ux * dy - uy * dx < 0 ? -distance : distance;
    result.along = (k + share) / (line.length - 1);
  }
}
