import { type Blendshape, CHANNEL } from '../../../src/contract/motion-frame.ts';
import type { FaceBasis } from '../../../src/face/face-basis.ts';
import { LANDMARK_COUNT } from '../../../src/face/topology.ts';

/** What is seen of depth is mostly guessed. */
const AXES = [0, 1];
/** Of each shape's own square: keeps shapes that look alike from pulling against each other. */
const RIDGE = 0.3;
const ROUNDS = 12;

/**
 * Coefficients whose shapes together come nearest to how some points of a face have moved: least squares with each between
 * 0 and 1, by coordinate descent.
 */
export class ShapeFit {
  readonly #shapes: readonly Blendshape[];
  /** `[shapes][2 · points]` */
  readonly #columns: readonly Float64Array[];
  readonly #gram: readonly Float64Array[];
  readonly #points: readonly number[];

  constructor(basis: FaceBasis, shapes: readonly Blendshape[], points: readonly number[]) {
    this.#shapes = shapes;
    this.#points = points;
    this.#columns = shapes.map((shape) =>
      this.#gather(
        basis.deltas.subarray(3 * LANDMARK_COUNT * CHANNEL[shape], 3 * LANDMARK_COUNT * (CHANNEL[shape] + 1)),
      ),
    );
    this.#gram = this.#columns.map((a) => Float64Array.from(this.#columns, (b) => dot(a, b)));
  }

  /** `moved [478·3]`: in the basis' axes and unit. */
  fit(moved: ArrayLike<number>): Partial<Record<Blendshape, number>> {
    const seen = this.#gather(moved);
    const wanted = this.#columns.map((column) => dot(column, seen));
    const weights = new Float64Array(wanted.length);
    for (let round = 0; round < ROUNDS; round++) {
      for (let k = 0; k < weights.length; k++) {
        const row = this.#gram[k];
        const rest = wanted[k] - dot(row, weights) + row[k] * weights[k];
        weights[k] = Math.max(0, Math.min(1, rest / ((1 + RIDGE) * row[k])));
      }
    }
    return Object.fromEntries(this.#shapes.map((shape, k) => [shape, weights[k]]));
  }

  #gather(values: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.#points.flatMap((point) => AXES.map((axis) => values[3 * point + axis])));
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
