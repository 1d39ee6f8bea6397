/** Pictures that are drawn while the browser still compiles what draws. */
const WARMING = 25;
/** Two seconds at 25 a second. */
const WINDOW = 50;
/** Of the time between two pictures, what drawing one may take: the page has other things to do. */
const MOST_SHARE = 0.75;
/** Of the pictures, those that may be left out. */
const MOST_MISSED = 0.2;

/** Whether a device keeps up with drawing, from what its last pictures took. */
export class DrawingPace {
  readonly #mostMs: number;
  readonly #times: number[] = [];
  #seen = 0;

  /** `intervalMs`: from picture to picture. */
  constructor(intervalMs: number) {
    this.#mostMs = MOST_SHARE * intervalMs;
  }

  /** A picture took so long; or was left out, because those before it took too long. */
  add(tookMs: number | 'missed'): void {
    if (this.#seen++ < WARMING) return;
    this.#times.push(tookMs === 'missed' ? Number.POSITIVE_INFINITY : tookMs);
    if (this.#times.length > WINDOW) this.#times.shift();
  }

  /** Undefined until enough have been drawn. */
  get slow(): boolean | undefined {
    if (this.#times.length < WINDOW) return undefined;
    const missed = this.#times.filter((time) => !Number.isFinite(time)).length;
    return missed > MOST_MISSED * WINDOW || this.medianMs > this.#mostMs;
  }

  /** Milliseconds a picture. */
  get medianMs(): number {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1] ?? 0;
  }

  reset(): void {
    this.#times.length = 0;
    this.#seen = 0;
  }
}
