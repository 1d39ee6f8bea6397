/** Changes of the luma of a picture in square cells, bilinear between their middles; whole numbers throughout. */
import type { I420 } from '../../../image/i420.ts';
import type { PlaneSize } from '../../../image/planes.ts';

const BLACK = 16;
/** Nothing is lit beyond this luma: colours, which stay, would be lost in it. */
const BURNT = 225;
const STEPS_BITS = 12;
/** A change by the whole luma is so many steps. */
export const CHANGE_STEPS = 1 << STEPS_BITS;
/** Changes that do not alter a light skin by half a level. */
const UNSEEN = Math.floor(CHANGE_STEPS / 2 / (180 - BLACK));
/** Cells of up to 32 pixels: a picture's products fit into 32 bits. */
const LARGEST_CELL_BITS = 5;

/** Changes in square cells, in steps, bilinear between their middles; the first one's lies at 0, 0. */
export interface Field {
  width: number;
  values: Int32Array;
}

export class LumaFactors {
  /** Pixels of a cell's side are 2 to its power. */
  readonly #bits: number;
  readonly #width: number;
  readonly #height: number;
  readonly #values: Int32Array;
  readonly #row: Int32Array;
  /** Rows and columns that may have something else than 0. */
  #top = 0;
  #bottom = -1;
  #left = 0;
  #right = -1;

  /** `cell`: its side in pixels, taken as the next power of two. */
  constructor({ width, height }: PlaneSize, cell: number) {
    this.#bits = Math.min(LARGEST_CELL_BITS, Math.max(1, Math.round(Math.log2(cell))));
    const side = 1 << this.#bits;
    // One more on each side: pixels beyond the outermost middles.
    this.#width = Math.ceil(width / side) + 2;
    this.#height = Math.ceil(height / side) + 2;
    this.#values = new Int32Array(this.#width * this.#height);
    this.#row = new Int32Array(this.#width);
  }

  /**
   * Sets the changes to those of a field that lies on a mesh: `positions [vertices·3]` in units of
   * `scale` pixels, `places [vertices·2]` in the field. Triangles that face away are left out.
   */
  fill(
    positions: Float32Array,
    scale: number,
    places: Float32Array,
    field: Field,
    triangles: Uint16Array,
  ): void {
    this.#clear();
    const s = scale / (1 << this.#bits);
    const width = this.#width;
    const values = this.#values;
    const lastRow = this.#height - 1;
    const lastColumn = width - 1;
    const stride = field.width;
    const cells = field.values;
    for (let t = 0; t < triangles.length; t += 3) {
      const a = triangles[t];
      const b = triangles[t + 1];
      const c = triangles[t + 2];
      const ax = positions[3 * a] * s + 0.5;
      const ay = positions[3 * a + 1] * s + 0.5;
      const ux = positions[3 * b] * s + 0.5 - ax;
      const uy = positions[3 * b + 1] * s + 0.5 - ay;
      const wx = positions[3 * c] * s + 0.5 - ax;
      const wy = positions[3 * c + 1] * s + 0.5 - ay;
      const area = ux * wy - wx * uy;
      if (area > -1e-6) continue;
      const top = Math.max(0, Math.ceil(ay + Math.min(0, uy, wy)));
      const bottom = Math.min(lastRow, Math.floor(ay + Math.max(0, uy, wy)));
      const left = Math.max(0, Math.ceil(ax + Math.min(0, ux, wx)));
      const right = Math.min(lastColumn, Math.floor(ax + Math.max(0, ux, wx)));
      if (top > bottom || left > right) continue;
      const inverse = 1 / area;
      const [pb, pc] = [wy * inverse, -uy * inverse];
      const [qb, qc] = [-wx * inverse, ux * inverse];
      const fa = places[2 * a];
      const ga = places[2 * a + 1];
      const fb = places[2 * b] - fa;
      const gb = places[2 * b + 1] - ga;
      const fc = places[2 * c] - fa;
      const gc = places[2 * c + 1] - ga;
      for (let y = top; y <= bottom; y++) {
        const dy = y - ay;
        for (let x = left; x <= right; x++) {
          const dx = x - ax;
          const sb = dx * pb + dy * qb;
          const sc = dx * pc + dy * qc;
          if (sb < 0 || sc < 0 || sb + sc > 1) continue;
          const column = fa + sb * fb + sc * fc;
          const row = ga + sb * gb + sc * gc;
          const i = (row | 0) * stride + (column | 0);
          const fx = column - (column | 0);
          const fy = row - (row | 0);
          const above = cells[i] + fx * (cells[i + 1] - cells[i]);
          const below = cells[i + stride] + fx * (cells[i + stride + 1] - cells[i + stride]);
          values[y * width + x] = above + fy * (below - above);
        }
      }
      if (top < this.#top) this.#top = top;
      if (bottom > this.#bottom) this.#bottom = bottom;
      if (left < this.#left) this.#left = left;
      if (right > this.#right) this.#right = right;
    }
  }

  #clear(): void {
    if (this.#bottom >= this.#top) {
      this.#values.fill(0, this.#top * this.#width, (this.#bottom + 1) * this.#width);
    }
    this.#top = this.#height;
    this.#bottom = -1;
    this.#left = this.#width;
    this.#right = -1;
  }

  apply({ width, height, data }: I420): void {
    if (this.#bottom < this.#top) return;
    const bits = this.#bits;
    const columns = this.#width;
    const values = this.#values;
    const row = this.#row;
    const side = 1 << bits;
    const half = side >> 1;
    // Both ways shares are counted in halves of a pixel.
    const shift = STEPS_BITS + 2 * (bits + 1);
    const rounding = 1 << (shift - 1);
    const unseen = UNSEEN << (bits + 1);
    const left = Math.max(0, this.#left - 1);
    const right = Math.min(columns - 2, this.#right);
    const above = Math.max(0, this.#top - 1);
    const first = Math.max(0, (above << bits) - half);
    const last = Math.min(height, ((Math.min(this.#height - 2, this.#bottom) + 1) << bits) - half);
    for (let y = first; y < last; y++) {
      const line = (y + half) >> bits;
      const share = 2 * (y + half - (line << bits)) + 1;
      for (let x = left, i = line * columns + left; x <= right + 1; x++, i++) {
        row[x] = (values[i] << (bits + 1)) + share * (values[i + columns] - values[i]);
      }
      const end = y * width + width;
      for (let column = left; column <= right; column++) {
        const from = row[column];
        const difference = row[column + 1] - from;
        const to = from + difference;
        if (from <= unseen && from >= -unseen && to <= unseen && to >= -unseen) continue;
        const start = (column << bits) - half;
        const step = 2 * difference;
        let change = (from << (bits + 1)) + difference;
        let i = y * width + start;
        if (start < 0) {
          i -= start;
          change -= start * step;
        }
        if (side === 4 && start >= 0 && start + 4 <= width) {
          // The usual case without a loop of its own: half of the time.
          shadeFour(data, i, change, step, shift, rounding);
          continue;
        }
        const until = Math.min(end, y * width + start + side);
        for (; i < until; i++, change += step) {
          const luma = data[i];
          const shaded = luma + ((Math.imul(luma - BLACK, change) + rounding) >> shift);
          data[i] = Math.min(Math.max(luma, BURNT), shaded);
        }
      }
    }
  }
}

function shadeFour(
  data: Uint8Array,
  i: number,
  change: number,
  step: number,
  shift: number,
  rounding: number,
): void {
  const a = data[i];
  const b = data[i + 1];
  const c = data[i + 2];
  const d = data[i + 3];
  const change1 = (change + step) | 0;
  const change2 = (change1 + step) | 0;
  const change3 = (change2 + step) | 0;
  data[i] = Math.min(Math.max(a, BURNT), a + ((Math.imul(a - BLACK, change) + rounding) >> shift));
  data[i + 1] = Math.min(Math.max(b, BURNT), b + ((Math.imul(b - BLACK, change1) + rounding) >> shift));
  data[i + 2] = Math.min(Math.max(c, BURNT), c + ((Math.imul(c - BLACK, change2) + rounding) >> shift));
  data[i + 3] = Math.min(Math.max(d, BURNT), d + ((Math.imul(d - BLACK, change3) + rounding) >> shift));
}
