/**
 * What a picture shows beyond the portrait's edges, where the head goes back, turns or nods: the image there, as in a
 * mirror, but with outlines that go on where a plain mirror would turn them back. Shoulders fall on along their slope,
 * and hair that the upper edge cuts off closes to an arch.
 *
 * Coordinates as the pixel pass takes them: −1..1, pixel edges at ±1.
 */

/** Share of the picture that an arch rises at most, and its height over half its width. */
const HIGHEST_ARCH = 0.05;
const ARCH = 0.45;
/** Within this share of the picture from its edges the slope of shoulders is measured; they never fall faster. */
const REACH = 0.12;
const STEEPEST_FALL = 3;
/** Far outside the portrait: the pixel pass finds nothing there and shows the background. */
const OUTSIDE = -4;

/** Columns from `start` up to before `end`. */
interface Span {
  start: number;
  end: number;
}

/** What reaches the upper or the lower edge: its span in each row from there on inwards. */
type Crossing = Span[];

export class BeyondEdges {
  /** The outermost cell's own centre: nearer to the edge, chroma would be filtered with what lies beyond. */
  readonly limit: number;
  readonly #size: number;
  readonly #hair: { rows: Crossing; height: number }[];
  readonly #body: Crossing[];
  /** How far shoulders fall per step outwards at the left and the right side. */
  readonly #fall: readonly [number, number];
  u = 0;
  v = 0;

  /** `presence [size·size]`: 1 for each cell in which the portrait shows something of the person. */
  constructor(presence: Uint8Array, size: number) {
    this.limit = 1 - 1 / size;
    this.#size = size;
    const rowAt = (y: number) => presence.subarray(y * size, (y + 1) * size);
    const depth = Math.max(2, Math.round(REACH * size));
    this.#hair = crossings(rowAt, depth).map((rows) => ({ rows, height: archOver(rows, size) }));
    this.#body = crossings((y) => rowAt(size - 1 - y), depth);
    this.#fall = [shoulderFall(presence, size, 0, 1), shoulderFall(presence, size, size - 1, -1)];
  }

  /** Sets `u`, `v` to where the portrait shows what is to be seen at a place beyond one of its edges. */
  locate(u: number, v: number): void {
    const { limit } = this;
    const aside = Math.max(0, Math.abs(u) - limit);
    this.u = Math.sign(u) * Math.max(-limit, Math.min(Math.abs(u), limit - aside));
    this.v = v - 2 * this.#fall[u < 0 ? 0 : 1] * aside;
    if (this.v > limit) this.#below();
    else if (this.v < -limit) this.#above();
  }

  #below(): void {
    const down = 0.5 * (this.v - this.limit) * this.#size;
    this.v = OUTSIDE;
    for (const rows of this.#body) {
      const row = rows[Math.min(rows.length - 1, Math.floor(down))];
      const [{ start, end }] = rows;
      if (!this.#show(row, 2 * start - row.start, 2 * end - row.end)) continue;
      this.v = this.limit - (2 * down) / this.#size;
      return;
    }
  }

  #above(): void {
    const up = 0.5 * (-this.limit - this.v) * this.#size;
    this.v = OUTSIDE;
    for (const { rows, height } of this.#hair) {
      if (up >= height) continue;
      const [{ start, end }] = rows;
      const middle = (start + end) / 2;
      const half = ((end - start) / 2) * Math.sqrt(1 - (up / height) ** 2);
      const row = rows[Math.min(rows.length - 1, Math.floor(up))];
      if (!this.#show(row, middle - half, middle + half)) continue;
      this.v = -this.limit + (2 * up) / this.#size;
      return;
    }
  }

  /** Fits a row of the portrait in between `start` and `end`. Whether the place looked at lies there. */
  #show(row: Span, start: number, end: number): boolean {
    const column = 0.5 * (this.u + 1) * this.#size;
    if (column < start || column >= end) return false;
    const at = row.start + ((column - start) / (end - start)) * (row.end - row.start);
    this.u = Math.max(-this.limit, Math.min(this.limit, (2 * at) / this.#size - 1));
    return true;
  }
}

/** `rowAt`: presence by columns, in the y-th row from the edge. */
function crossings(rowAt: (y: number) => Uint8Array, depth: number): Crossing[] {
  const found: Crossing[] = [];
  const edge = rowAt(0);
  for (let start = edge.indexOf(1); start >= 0; ) {
    const first = spanAt(edge, start);
    const middle = (first.start + first.end) >> 1;
    const rows = [first];
    for (let y = 1; y < depth && rowAt(y)[middle]; y++) rows.push(spanAt(rowAt(y), middle));
    found.push(rows);
    start = edge.indexOf(1, first.end);
  }
  return found;
}

/** What goes on without a gap to both sides of a column. */
function spanAt(row: Uint8Array, column: number): Span {
  const end = row.indexOf(0, column);
  return { start: row.lastIndexOf(0, column) + 1, end: end < 0 ? row.length : end };
}

/** Cells that cut-off hair goes on for: to the top of the circle that its width grows on, at most. */
function archOver(rows: Crossing, size: number): number {
  const half = ({ start, end }: Span) => (end - start) / 2;
  const [cut, deep] = [half(rows[0]), half(rows[rows.length - 1])];
  const depth = rows.length - 1;
  // Half chords at two heights of a circle say how far below the cut its middle lies.
  const toMiddle = depth > 0 ? (deep ** 2 - cut ** 2 + depth ** 2) / (2 * depth) : 0;
  return Math.min(HIGHEST_ARCH * size, ARCH * cut, Math.hypot(cut, toMiddle) - toMiddle);
}

/** Rows that the upper outline of what stands on the lower edge falls per column towards the side at column `side`. */
function shoulderFall(presence: Uint8Array, size: number, side: number, inwards: 1 | -1): number {
  const tops: number[] = [];
  for (let k = 0; k < REACH * size; k++) {
    let top = size;
    while (top > 0 && presence[(top - 1) * size + side + inwards * k]) top--;
    // What fills the column has no outline here, what has none at all stands farther in.
    if (top === 0) return 0;
    if (top < size) tops.push(top);
  }
  if (tops.length < 2) return 0;
  const fall = (tops[0] - tops[tops.length - 1]) / (tops.length - 1);
  return Math.min(STEEPEST_FALL, Math.max(0, fall));
}
