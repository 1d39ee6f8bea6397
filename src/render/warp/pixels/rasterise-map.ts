/** Draws a mesh with depth test into a map of source coordinates: for each cell, where in the portrait to look. */
import { BeyondEdges } from './beyond-edges.ts';

/** Source coordinates x then y, `Float32Array [2·size·size]`, in −1..1 with pixel edges at ±1. */
export class SourceMap {
  readonly size: number;
  readonly values: Float32Array;
  readonly #depth: Float32Array;
  readonly #beyond: BeyondEdges;
  /** 1 for each cell in which the source shows something, `Uint8Array [size·size]`. */
  readonly presence: Uint8Array;

  constructor(size: number, presence: Uint8Array) {
    this.size = size;
    this.presence = presence;
    this.values = new Float32Array(2 * size * size);
    this.#depth = new Float32Array(size * size);
    this.#beyond = new BeyondEdges(presence, size);
  }

  /**
   * `positions [vertices·3]` and `source [vertices·2]` in view fractions, `triangles` three indices each.
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
    const n = this.size;
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
    const bottom = Math.min(n - 1, Math.floor(Math.max(ay, by, cy)));
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
    const plane = n * n;
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
      const to = Math.min(n - 1, Math.floor(right));
      if (from > to) continue;
      const wb = (from - ax) * wbx + (y - ay) * wby;
      const wc = (from - ax) * wcx + (y - ay) * wcy;
      let u = u0 + wb * ub + wc * uc;
      let v = v0 + wb * vb + wc * vc;
      let z = z0 + wb * zb + wc * zc;
      for (let i = y * n + from, end = y * n + to; i <= end; i++) {
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

  /** Fractions to −1..1, and beyond the source what takes its place. */
  #finish(): void {
    const { values, size } = this;
    const plane = size * size;
    for (let i = 0; i < plane; i++) {
      if (this.#depth[i] === Number.NEGATIVE_INFINITY) {
        values[i] = ((i % size) + 0.5) / size;
        values[plane + i] = (Math.floor(i / size) + 0.5) / size;
      }
    }
    const beyond = this.#beyond;
    const { limit } = beyond;
    for (let i = 0; i < plane; i++) {
      const u = 2 * values[i] - 1;
      const v = 2 * values[plane + i] - 1;
      values[i] = u;
      values[plane + i] = v;
      if (Math.abs(u) > limit || Math.abs(v) > limit) {
        beyond.locate(u, v);
        values[i] = beyond.u;
        values[plane + i] = beyond.v;
      }
    }
  }
}
