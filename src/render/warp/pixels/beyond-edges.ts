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
  /** The outermost cells' own centres: nearer to the edges, chroma would be filtered with what lies beyond. */
  readonly limitU: number;
  readonly limitV: number;
  readonly #width: number;
  readonly #height: number;
  readonly #hair: { rows: Crossing; height: number }[];
  readonly #body: Crossing[];
  /** How far shoulders fall per step outwards at the left and the right side: v per u. */
  readonly #fall: readonly [number, number];
  readonly #ends: readonly [left: boolean, right: boolean];
  u = 0;
  v = 0;

  /**
   * `presence [height·width]`: 1 for each cell in which the portrait shows something of the person.
   * `ends`: whether nobody is beyond the left and the right side.
   */
  constructor(
    presence: Uint8Array,
    width: number,
    height: number,
    ends: readonly [left: boolean, right: boolean] = [false, false],
  ) {
    this.#ends = ends;
    this.limitU = 1 - 1 / width;
    this.limitV = 1 - 1 / height;
    this.#width = width;
    this.#height = height;
    const rowAt = (y: number) => presence.subarray(y * width, (y + 1) * width);
    const depth = Math.max(2, Math.round(REACH * height));
    this.#hair = crossings(rowAt, depth).map((rows) => ({ rows, height: archOver(rows, height) }));
    this.#body = crossings((y) => rowAt(height - 1 - y), depth);
    const fallAt = (column: number, inwards: 1 | -1) => {
      const fall = shoulderFall((k, y) => presence[y * width + column + inwards * k] === 1, height);
      return (fall * width) / height;
    };
    this.#fall = [fallAt(0, 1), fallAt(width - 1, -1)];
  }

  /** Sets `u`, `v` to where the portrait shows what is to be seen at a place beyond one of its edges. */
  locate(u: number, v: number): void {
    const { limitU, limitV } = this;
    if (Math.abs(u) > limitU && this.#ends[u < 0 ? 0 : 1]) {
      // On its own side: pixels lie between their cells, and between there and the other side is the person.
      this.u = -Math.sign(u) * OUTSIDE;
      this.v = v;
      return;
    }
    const aside = Math.max(0, Math.abs(u) - limitU);
    this.u = Math.sign(u) * Math.max(-limitU, Math.min(Math.abs(u), limitU - aside));
    this.v = v - 2 * this.#fall[u < 0 ? 0 : 1] * aside;
    if (this.v > limitV) this.#below();
    else if (this.v < -limitV) this.#above();
  }

  #below(): void {
    const down = 0.5 * (this.v - this.limitV) * this.#height;
    this.v = OUTSIDE;
    for (const rows of this.#body) {
      const row = rows[Math.min(rows.length - 1, Math.floor(down))];
      const [{ start, end }] = rows;
      if (!this.#show(row, 2 * start - row.start, 2 * end - row.end)) continue;
      this.v = this.limitV - (2 * down) / this.#height;
      return;
    }
  }

  #above(): void {
    const up = 0.5 * (-this.limitV - this.v) * this.#height;
    this.v = OUTSIDE;
    for (const { rows, height } of this.#hair) {
      if (up >= height) continue;
      const [{ start, end }] = rows;
      const middle = (start + end) / 2;
      const half = ((end - start) / 2) * Math.sqrt(1 - (up / height) ** 2);
      const row = rows[Math.min(rows.length - 1, Math.floor(up))];
      if (!this.#show(row, middle - half, middle + half)) continue;
      this.v = -this.limitV + (2 * up) / this.#height;
      return;
    }
  }

  /** Fits a row of the portrait in between `start` and `end`. Whether the place looked at lies there. */
  #show(row: Span, start: number, end: number): boolean {
    const column = 0.5 * (this.u + 1) * this.#width;
    if (column < start || column >= end) return false;
    const at = row.start + ((column - start) / (end - start)) * (row.end - row.start);
    this.u = Math.max(-this.limitU, Math.min(this.limitU, (2 * at) / this.#width - 1));
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

/**
 * Rows that the upper outline of what stands on the lower edge falls per column towards a side. `isPresent(k, y)`: in the
 * `k`-th of the columns from there inwards, `height` cells high.
 */
function shoulderFall(isPresent: (k: number, y: number) => boolean, height: number): number {
  const tops: number[] = [];
  for (let k = 0; k < REACH * height; k++) {
    let top = height;
    while (top > 0 && isPresent(k, top - 1)) top--;
    // What fills the column has no outline here, what has none at all stands farther in.
    if (top === 0) return 0;
    if (top < height) tops.push(top);
  }
  if (tops.length < 2) return 0;
  const fall = (tops[0] - tops[tops.length - 1]) / (tops.length - 1);
  return Math.min(STEEPEST_FALL, Math.max(0, fall));
}
