const WIDTH = 30;
const INTERVAL_MS = 100;

/** A progress bar on standard error; silent where that is no terminal. */
export class ProgressBar {
  readonly #label: string;
  readonly #total: number;
  readonly #startMs = performance.now();
  #lastDrawnMs = Number.NEGATIVE_INFINITY;

  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
  }

  update(done: number): void {
    const nowMs = performance.now();
    if (!process.stderr.isTTY || (nowMs - this.#lastDrawnMs < INTERVAL_MS && done < this.#total)) return;
    this.#lastDrawnMs = nowMs;
    const share = this.#total > 0 ? Math.min(1, done / this.#total) : 1;
    const filled = Math.round(share * WIDTH);
    const rate = (done * 1000) / Math.max(1, nowMs - this.#startMs);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    process.stderr.write(`\r${this.#label} ${bar} ${Math.round(share * 100)} % · ${rate.toFixed(0)} fps `);
  }

  /** Ends the line. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
}
