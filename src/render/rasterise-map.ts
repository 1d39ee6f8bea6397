/** Draws a mesh with depth test into a map of source coordinates: for each cell, where in the portrait to look. */

/** Share of half the picture that may be mirrored above its upper edge; beyond there is nobody. */
const MIRROR_ABOVE = 0.1;
/** Cut-off hair is closed by an arch: its height over half its width. */
const ARCH = 0.45;
/** Within this share of the picture from its sides the fall of the shoulders is measured; they never fall faster. */
const SHOULDER_REACH = 0.12;
const STEEPEST_SHOULDER = 3;
/** A source far outside the picture: the pixel pass finds nothing there and shows the background. */
const OUTSIDE = -4;

/** Source coordinates x then y, `Float32Array [2·size·size]`, in −1..1 with pixel edges at ±1. */
export class SourceMap {
  readonly size: number;
  readonly values: Float32Array;
  readonly #depth: Float32Array;
  readonly #limit: number;
  /** 1 for each cell in which the source shows something, `Uint8Array [size·size]`. */
  readonly presence: Uint8Array;
  /** How far hair that the upper edge cuts off goes on above each column, in halves of the picture. */
  readonly #above: Float32Array;
  /** How far shoulders fall per step outwards at the left and the right side. */
  readonly #fall: readonly [number, number];

  constructor(size: number, presence: Uint8Array) {
    this.size = size;
    this.presence = presence;
    this.values = new Float32Array(2 * size * size);
    this.#depth = new Float32Array(size * size);
    // The outermost cell's own centre: nearer to the edge, chroma would be filtered with what lies beyond.
    this.#limit = 1 - 1 / size;
    this.#above = archesOver(presence.subarray(0, size));
    this.#fall = [shoulderFall(presence, size, 0, 1), shoulderFall(presence, size, size - 1, -1)];
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

  /**
   * Fractions to −1..1; beyond the source the body and cut-off hair are mirrored. At the sides the image is lowered
   * as it leaves: an outline that comes down to the edge goes on down, where a plain mirror would raise it again.
   */
  #finish(): void {
    const { values, size } = this;
    const limit = this.#limit;
    const plane = size * size;
    for (let i = 0; i < plane; i++) {
      if (this.#depth[i] === Number.NEGATIVE_INFINITY) {
        values[i] = ((i % size) + 0.5) / size;
        values[plane + i] = (Math.floor(i / size) + 0.5) / size;
      }
    }
    for (let i = 0; i < plane; i++) {
      const u = 2 * values[i] - 1;
      const beyond = Math.max(0, Math.abs(u) - limit);
      values[i] = beyond > 0 ? Math.sign(u) * Math.max(-limit, limit - beyond) : u;
      const v = 2 * values[plane + i] - 1 - 2 * this.#fall[u < 0 ? 0 : 1] * beyond;
      if (v > limit) values[plane + i] = Math.max(-limit, 2 * limit - v);
      else if (v < -limit) values[plane + i] = this.#reachesAbove(u, v) ? -2 * limit - v : OUTSIDE;
      else values[plane + i] = v;
    }
  }

  /** Whether hair that the upper edge cuts off is to be continued here. */
  #reachesAbove(u: number, v: number): boolean {
    const column = Math.min(this.size - 1, Math.max(0, Math.floor(0.5 * (u + 1) * this.size)));
    return v > -this.#limit - this.#above[column];
  }
}

/** The height of an arch over each run of cells that show something, `Float32Array [size]`, halves of the picture. */
function archesOver(row: Uint8Array): Float32Array {
  const heights = new Float32Array(row.length);
  for (let start = 0; start < row.length; start++) {
    if (!row[start]) continue;
    let end = start;
    while (end < row.length && row[end]) end++;
    const half = (end - start) / 2;
    const rise = Math.min(MIRROR_ABOVE, (ARCH * half * 2) / row.length);
    for (let i = start; i < end; i++) {
      heights[i] = rise * Math.sqrt(Math.max(0, 1 - ((i + 0.5 - start - half) / half) ** 2));
    }
    start = end;
  }
  return heights;
}

/** Rows that the upper outline of what stands on the lower edge falls per column towards the side at column `side`. */
function shoulderFall(presence: Uint8Array, size: number, side: number, inwards: 1 | -1): number {
  const tops: number[] = [];
  for (let k = 0; k < SHOULDER_REACH * size; k++) {
    let top = size;
    while (top > 0 && presence[(top - 1) * size + side + inwards * k]) top--;
    // What fills the column has no outline here, what has none at all stands farther in.
    if (top === 0) return 0;
    if (top < size) tops.push(top);
  }
  if (tops.length < 2) return 0;
  const fall = (tops[0] - tops[tops.length - 1]) / (tops.length - 1);
  return Math.min(STEEPEST_SHOULDER, Math.max(0, fall));
}
