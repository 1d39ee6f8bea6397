/** When voice came in and when the clock let it onto the timeline, in milliseconds of the session's clock source. */
export interface Intake {
  arrivedMs: number;
  takenMs: number;
}

/** Entries are looked for from the newest on; these are several seconds of 2 ms pieces. */
const CAPACITY = 2048;

/** Remembers for the last seconds of a timeline when each of its samples came in. */
export class IntakeLog {
  readonly #entries: (Intake & { end: number })[] = [];
  #next = 0;

  /** All samples up to `end` that are not logged yet came in together. */
  add(end: number, intake: Intake): void {
    this.#entries[this.#next++ % CAPACITY] = { end, ...intake };
  }

  /** Samples from `position` on are logged anew. */
  takeBack(position: number): void {
    while (this.#next > 0 && (this.#entries[(this.#next - 1) % CAPACITY]?.end ?? 0) > position) this.#next--;
  }

  /** Of the last sample before `end`; undefined where it has not come in yet, or too long ago. */
  at(end: number): Intake | undefined {
    let found: Intake | undefined;
    for (let i = this.#next - 1; i >= Math.max(0, this.#next - CAPACITY); i--) {
      const entry = this.#entries[i % CAPACITY];
      if (entry.end < end) return found;
      found = entry;
    }
    return undefined;
  }
}
