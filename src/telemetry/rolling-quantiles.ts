/** Quantiles over the last `capacity` values. */
export class RollingQuantiles {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** 0 where nothing was added yet. */
  quantiles(): { p50: number; p95: number } {
    const sorted = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p95: at(0.95) };
  }
}

/** Rolling quantiles of several stages of one thing. */
export class StageQuantiles<Stage extends string> {
  readonly #stages: ReadonlyMap<Stage, RollingQuantiles>;

  constructor(stages: readonly Stage[], capacity: number) {
    this.#stages = new Map(stages.map((stage) => [stage, new RollingQuantiles(capacity)]));
  }

  add(values: Partial<Record<Stage, number>>): void {
    for (const [stage, quantiles] of this.#stages) {
      const value = values[stage];
      if (value !== undefined) quantiles.add(value);
    }
  }

  quantiles(): Record<Stage, { p50: number; p95: number }> {
    const entries = [...this.#stages].map(([stage, quantiles]) => [stage, quantiles.quantiles()]);
    return Object.fromEntries(entries);
  }
}
