/** Draws a mesh with depth test into a map of source coordinates: for each cell, where in the portrait to look. */
import type { Framing } from '../head/framing.ts';
import { BeyondEdges } from './beyond-edges.ts';
import type { PersonTexture } from './person-texture.ts';

export type SourceTexture = Pick<PersonTexture, 'width' | 'height' | 'before' | 'ends' | 'presence'>;

/** Source coordinates x then y, `Float32Array [2·height·width]`, in −1..1 with the texture's edges at ±1. */
export class SourceMap {
  /** Cells: half of the picture's pixels each way. */
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  readonly #framing: Framing;
  readonly #texture: SourceTexture;
  readonly #cellsPerView: number;
  readonly #depth: Float32Array;
  readonly #beyond: BeyondEdges;
  /** From view fractions to texture coordinates: factor and offset of x. */
  readonly #toTexture: readonly [factor: number, offset: number];

  constructor(framing: Framing, texture: SourceTexture) {
    const { width, height, before } = texture;
    this.#framing = framing;
    this.#texture = texture;
    this.#cellsPerView = framing.pixelsPerView / 2;
    this.width = framing.width / 2;
    this.height = framing.height / 2;
    this.values = new Float32Array(2 * this.width * this.height);
    this.#depth = new Float32Array(this.width * this.height);
    this.#beyond = new BeyondEdges(texture.presence, width / 2, height / 2, texture.ends);
    this.#toTexture = [(2 * height) / width, (2 * before) / width - 1];
  }

  /** 1 for each cell in which the portrait shows something where nothing has moved, `Uint8Array [height·width]`. */
  presenceAtRest(): Uint8Array {
    const { width, height, before, presence } = this.#texture;
    const { left, top } = this.#framing;
    const n = this.#cellsPerView;
    const present = new Uint8Array(this.width * this.height);
    for (let y = 0; y < this.height; y++) {
      const row = Math.floor((((y + 0.5) / n + top) * height) / 2);
      if (row < 0 || row >= height / 2) continue;
      for (let x = 0; x < this.width; x++) {
        const column = Math.floor((((x + 0.5) / n + left) * height + before) / 2);
        if (column < 0 || column >= width / 2) continue;
        present[y * this.width + x] = presence[(row * width) / 2 + column];
      }
    }
    return present;
  }

  /**
   * `positions [vertices·3]` in view fractions from the picture's corner, `source [vertices·2]` from the portrait's,
   * `triangles` three indices each.
   * Cells that no triangle covers keep their own place as source.
   */
  draw(positions: Float32Array, source: Float32Array, triangles: Uint16Array): void {
    this.#depth.fill(Number.NEGATIVE_INFINITY);
    for (let t = 0; t < triangles.length; t += 3) {
      this.#triangle(positions, source, triangles[t], triangles[t + 1], triangles[t + 2]);
    }
    this.#finish();
  }

  #triangle(p: Float32Array, s: Float32Array, a: number, b: number, c: number): void {
    const { width, height } = this;
    const n = this.#cellsPerView;
    // Cell i has its centre at (i + ½) / n.
    const ax = p[3 * a] * n - 0.5;
    const ay = p[3 * a + 1] * n - 0.5;
    const bx = p[3 * b] * n - 0.5;
    const by = p[3 * b + 1] * n - 0.5;
    const cx = p[3 * c] * n - 0.5;
    const cy = p[3 * c + 1] * n - 0.5;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (area > -1e-9 && area < 1e-9) return;
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const bottom = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    if (top > bottom) return;
    const inverse = 1 / area;
    // Barycentric weights of b and c are linear in the cell's position.
    const wbx = (cy - ay) * inverse;
    const wby = -(cx - ax) * inverse;
    const wcx = -(by - ay) * inverse;
    const wcy = (bx - ax) * inverse;
    const u0 = s[2 * a];
    const v0 = s[2 * a + 1];
    const z0 = p[3 * a + 2];
    const ub = s[2 * b] - u0;
    const uc = s[2 * c] - u0;
    const vb = s[2 * b + 1] - v0;
    const vc = s[2 * c + 1] - v0;
    const zb = p[3 * b + 2] - z0;
    const zc = p[3 * c + 2] - z0;
    const ux = ub * wbx + uc * wcx;
    const vx = vb * wbx + vc * wcx;
    const zx = zb * wbx + zc * wcx;
    const { values } = this;
    const depth = this.#depth;
    const plane = width * height;
    for (let y = top; y <= bottom; y++) {
      let left = Number.POSITIVE_INFINITY;
      let right = Number.NEGATIVE_INFINITY;
      // Where the row crosses each edge.
      if (ay <= y !== by <= y) {
        const x = ax + ((y - ay) * (bx - ax)) / (by - ay);
        if (x < left) left = x;
        if (x > right) right = x;
      }
      if (by <= y !== cy <= y) {
        const x = bx + ((y - by) * (cx - bx)) / (cy - by);
        if (x < left) left = x;
        if (x > right) right = x;
      }
      if (cy <= y !== ay <= y) {
        const x = cx + ((y - cy) * (ax - cx)) / (ay - cy);
        if (x < left) left = x;
        if (x > right) right = x;
      }
      const from = Math.max(0, Math.ceil(left));
      const to = Math.min(width - 1, Math.floor(right));
      if (from > to) continue;
      const wb = (from - ax) * wbx + (y - ay) * wby;
      const wc = (from - ax) * wcx + (y - ay) * wcy;
      let u = u0 + wb * ub + wc * uc;
      let v = v0 + wb * vb + wc * vc;
      let z = z0 + wb * zb + wc * zc;
      for (let i = y * width + from, end = y * width + to; i <= end; i++) {
        if (z > depth[i]) {
          depth[i] = z;
          values[i] = u;
          values[plane + i] = v;
        }
        u += ux;
        v += vx;
        z += zx;
      }
    }
  }

  /** View fractions to −1..1, and beyond the source what takes its place. */
  #finish(): void {
    const { values, width, height } = this;
    const plane = width * height;
    const { left, top } = this.#framing;
    const n = this.#cellsPerView;
    for (let i = 0; i < plane; i++) {
      if (this.#depth[i] === Number.NEGATIVE_INFINITY) {
        values[i] = ((i % width) + 0.5) / n + left;
        values[plane + i] = (Math.floor(i / width) + 0.5) / n + top;
      }
    }
    const beyond = this.#beyond;
    const { limitU, limitV } = beyond;
    const [factor, offset] = this.#toTexture;
    for (let i = 0; i < plane; i++) {
      const u = factor * values[i] + offset;
      const v = 2 * values[plane + i] - 1;
      values[i] = u;
      values[plane + i] = v;
      if (Math.abs(u) > limitU || Math.abs(v) > limitV) {
        beyond.locate(u, v);
        values[i] = beyond.u;
        values[plane + i] = beyond.v;
      }
    }
  }
}
