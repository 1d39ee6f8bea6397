import { VultusError } from '../errors.ts';
import type { Budget } from './budget.ts';

/** Work of which only so much is done at a time, and only so much waits. */
export class WorkQueue implements Budget {
  readonly name: string;
  readonly limit: number;
  readonly #concurrency: number;
  readonly #what: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #refusals = 0;

  /** `what`: of what too much waits, for the refusal. */
  constructor(name: string, limits: { concurrency: number; mostWaiting: number }, what: string) {
    this.name = name;
    this.limit = limits.concurrency + limits.mostWaiting;
    this.#concurrency = limits.concurrency;
    this.#what = what;
  }

  /** What is done and what waits. */
  get used(): number {
    return this.#running + this.#waiting.length;
  }

  get refusals(): number {
    return this.#refusals;
  }

  /**
   * Does it when its turn has come. Rejects with what `work` throws, and with `server_busy` at once where too much
   * waits already.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.used >= this.limit) {
      this.#refusals++;
      throw new VultusError('server_busy', `${this.limit} ${this.#what} wait already`);
    }
    if (this.#running < this.#concurrency) this.#running++;
    // Whoever has finished hands its place over.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
