/** The gap between two rims (lips or lids) that meet in two corners, as smooth curves in pixels. */
import { INNER_LOWER_LIP, INNER_MOUTH_CORNER, INNER_UPPER_LIP } from '../../../face/topology.ts';
import { clamp } from '../../../image/planes.ts';
import type { Bounds } from '../pixels/overlay.ts';

const SAMPLES_PER_SEGMENT = 4;

export class Opening {
  /**
   * Filled by `locate`: 0..1 from the left corner to the right one, and pixels below the upper and above the lower rim;
   * beyond the corners, below and above the line through them.
   */
  along = 0;
  /** Whether that place lies between the corners. */
  inside = false;
  belowUpper = 0;
  aboveLower = 0;
  /** Pixels from corner to corner, and the widest gap. */
  readonly width: number;
  readonly gap: number;
  /** Whether the first corner is the left one in the picture. */
  readonly firstIsLeft: boolean;
  readonly #originX: number;
  readonly #originY: number;
  readonly #axisX: number;
  readonly #axisY: number;
  readonly #upper: Float32Array;
  readonly #lower: Float32Array;
  #left = 0;
  #cells = 0;
  /** Table cells beyond the rims' ends, at either end. */
  readonly #beyond: number;

  /**
   * `points`: posed landmarks `[n·3]` in view fractions; `first`/`last` corners; rims run from first to last.
   * `beyond`: how far outside the corners positions are located, in widths.
   */
  constructor(
    points: Float32Array,
    pixelsPerView: number,
    first: number,
    upper: readonly number[],
    lower: readonly number[],
    last: number,
    beyond = 0,
  ) {
    const at = (i: number): [number, number] => [
      points[3 * i] * pixelsPerView,
      points[3 * i + 1] * pixelsPerView,
    ];
    const a = at(first);
    const b = at(last);
    this.width = Math.max(1e-3, Math.hypot(b[0] - a[0], b[1] - a[1]));
    // Always left to right in the picture, so that "upper" is up.
    const flip = b[0] < a[0];
    this.firstIsLeft = !flip;
    this.#originX = flip ? b[0] : a[0];
    this.#originY = flip ? b[1] : a[1];
    const sign = (flip ? -1 : 1) / this.width;
    this.#axisX = sign * (b[0] - a[0]);
    this.#axisY = sign * (b[1] - a[1]);
    const row = (rim: readonly number[]) => {
      const chain = [first, ...rim, last].map((i) => this.#local(...at(i)));
      return flip ? chain.reverse() : chain;
    };
    const upperRow = row(upper);
    const lowerRow = row(lower);
    // A rim that comes back to a corner from beyond it has no other rim to open against there.
    const end = (row: readonly [number, number][], outermost: (...x: number[]) => number) =>
      outermost(...row.map(([x]) => x));
    const margin = Math.ceil(beyond * this.width);
    this.#beyond = 2 * margin;
    this.#left = Math.max(end(upperRow, Math.min), end(lowerRow, Math.min)) - margin;
    const right = Math.min(end(upperRow, Math.max), end(lowerRow, Math.max)) + margin;
    this.#cells = Math.max(2, Math.ceil(2 * (right - this.#left)) + 1);
    this.#upper = this.#table(upperRow);
    this.#lower = this.#table(lowerRow);
    let gap = 0;
    for (let i = 0; i < this.#cells; i++) gap = Math.max(gap, this.#lower[i] - this.#upper[i]);
    this.gap = gap;
  }

  #local(x: number, y: number): [number, number] {
    const dx = x - this.#originX;
    const dy = y - this.#originY;
    return [dx * this.#axisX + dy * this.#axisY, dy * this.#axisX - dx * this.#axisY];
  }

  /** Heights of a Catmull-Rom curve through the points, at every half pixel. */
  #table(chain: [number, number][]): Float32Array {
    const table = new Float32Array(this.#cells).fill(Number.NaN);
    let previous = chain[0];
    const put = (to: [number, number]) => {
      const from = previous;
      const start = Math.round(2 * (Math.min(from[0], to[0]) - this.#left));
      const end = Math.round(2 * (Math.max(from[0], to[0]) - this.#left));
      for (let i = start; i <= end; i++) {
        const x = this.#left + i / 2;
        const t = to[0] === from[0] ? 1 : clamp((x - from[0]) / (to[0] - from[0]), 0, 1);
        if (i >= 0 && i < this.#cells) table[i] = from[1] + t * (to[1] - from[1]);
      }
      previous = to;
    };
    for (let s = 0; s + 1 < chain.length; s++) {
      const p0 = chain[Math.max(0, s - 1)];
      const p1 = chain[s];
      const p2 = chain[s + 1];
      const p3 = chain[Math.min(chain.length - 1, s + 2)];
      for (let k = 1; k <= SAMPLES_PER_SEGMENT; k++) {
        const t = k / SAMPLES_PER_SEGMENT;
        put([catmullRom(p0[0], p1[0], p2[0], p3[0], t), catmullRom(p0[1], p1[1], p2[1], p3[1], t)]);
      }
    }
    for (let i = 1; i < table.length; i++) if (Number.isNaN(table[i])) table[i] = table[i - 1];
    for (let i = table.length - 2; i >= 0; i--) if (Number.isNaN(table[i])) table[i] = table[i + 1];
    return table;
  }

  /** Pixels from the nearer corner to the located position, along the line through them. */
  get aside(): number {
    return this.width * Math.max(0, Math.min(this.along, 1 - this.along));
  }

  /** One pixel down across the gap. */
  get down(): [x: number, y: number] {
    return [-this.#axisY, this.#axisX];
  }

  /** Locates a position against the rims. Returns false farther beyond the corners than is looked. */
  locate(x: number, y: number): boolean {
    const dx = x - this.#originX;
    const dy = y - this.#originY;
    const lx = dx * this.#axisX + dy * this.#axisY;
    const ly = dy * this.#axisX - dx * this.#axisY;
    const cell = 2 * (lx - this.#left);
    if (cell < 0 || cell > this.#cells - 1) return false;
    const i = Math.min(this.#cells - 2, Math.floor(cell));
    const f = cell - i;
    this.along = lx / this.width;
    this.inside = cell >= this.#beyond && cell <= this.#cells - 1 - this.#beyond;
    this.belowUpper = ly - ((1 - f) * this.#upper[i] + f * this.#upper[i + 1]);
    this.aboveLower = (1 - f) * this.#lower[i] + f * this.#lower[i + 1] - ly;
    return true;
  }

  /** How much of the pixel at the located position lies in the gap, 0..1; `feather` pixels wide at each rim. */
  coverage(feather: number): number {
    if (!this.inside) return 0;
    return clamp(this.belowUpper / feather + 0.5, 0, 1) * clamp(this.aboveLower / feather + 0.5, 0, 1);
  }

  /** Rectangle around the gap, `margin` pixels larger. */
  bounds(margin: number): Bounds {
    const [ax, ay] = [this.#axisX, this.#axisY];
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#cells; i++) {
      const lx = this.#left + i / 2;
      for (const ly of [this.#upper[i], this.#lower[i]]) {
        const x = this.#originX + lx * ax - ly * ay;
        const y = this.#originY + lx * ay + ly * ax;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    }
    return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
  }
}

function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return (
    0.5 *
    (2 * p1 +
      (p2 - p0) * t +
      (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t +
      (3 * p1 - p0 - 3 * p2 + p3) * t * t * t)
  );
}

/** Between the lips. `posed`: landmarks after the head's turn, `[n·3]`. */
export function mouthOpening(posed: Float32Array, pixelsPerView: number): Opening {
  const { right, left } = INNER_MOUTH_CORNER;
  return new Opening(posed, pixelsPerView, right, INNER_UPPER_LIP, INNER_LOWER_LIP, left);
}
