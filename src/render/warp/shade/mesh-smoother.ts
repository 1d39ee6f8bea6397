/** Spreads values of a mesh's points over their neighbours. */

export class MeshSmoother {
  /** Neighbours of point i are `#neighbours[#starts[i] .. #starts[i + 1])`; none of a steady one. */
  readonly #neighbours: Uint16Array;
  readonly #starts: Uint16Array;
  readonly #next: Float32Array;

  /** `steady`: points that keep their values. */
  constructor(triangles: Uint16Array, points: number, steady: readonly number[]) {
    const keep = new Set(steady);
    const neighbours = neighboursOf(triangles, points).map((near, i) => (keep.has(i) ? [] : [...near]));
    this.#neighbours = Uint16Array.from(neighbours.flat());
    this.#starts = new Uint16Array(points + 1);
    neighbours.forEach((near, i) => {
      this.#starts[i + 1] = this.#starts[i] + near.length;
    });
    this.#next = new Float32Array(points);
  }

  /** Makes each value the mean of itself and its neighbours', so often. */
  smooth(values: Float32Array, times: number): void {
    const neighbours = this.#neighbours;
    const starts = this.#starts;
    const next = this.#next;
    for (let k = 0; k < times; k++) {
      for (let i = 0, from = 0; i < next.length; i++) {
        const end = starts[i + 1];
        const count = end - from + 1;
        let sum = values[i];
        for (; from < end; from++) sum += values[neighbours[from]];
        next[i] = sum / count;
      }
      values.set(next);
    }
  }
}

/** How many edges of the mesh each point is away from the nearest of `from`. */
export function meshSteps(triangles: Uint16Array, points: number, from: readonly number[]): Uint16Array {
  const neighbours = neighboursOf(triangles, points);
  const steps = new Uint16Array(points).fill(points);
  let reached = [...from];
  for (const point of reached) steps[point] = 0;
  for (let step = 1; reached.length > 0; step++) {
    reached = [...new Set(reached.flatMap((point) => [...neighbours[point]]))].filter(
      (point) => steps[point] === points,
    );
    for (const point of reached) steps[point] = step;
  }
  return steps;
}

function neighboursOf(triangles: Uint16Array, points: number): Set<number>[] {
  const neighbours = Array.from({ length: points }, () => new Set<number>());
  for (let t = 0; t < triangles.length; t++) {
    const first = t - (t % 3);
    for (let k = first; k < first + 3; k++) if (k !== t) neighbours[triangles[t]].add(triangles[k]);
  }
  return neighbours;
}
