import { VultusError } from '../errors.ts';
import type { Budget } from './budget.ts';

/** Something of which there is so much, taken and given back: bytes in memory, requests in work. */
export class CountedBudget implements Budget {
  readonly name: string;
  readonly limit: number;
  readonly #limitOfOne: number;
  readonly #what: string;
  readonly #ofKey = new Map<string, number>();
  #used = 0;
  #refusals = 0;

  /** `limitOfOne`: what one key may have of it; `what`: what it is, for the refusal. */
  constructor(name: string, limit: number, what: string, { limitOfOne = limit } = {}) {
    this.name = name;
    this.limit = limit;
    this.#limitOfOne = limitOfOne;
    this.#what = what;
  }

  get used(): number {
    return this.#used;
  }

  get refusals(): number {
    return this.#refusals;
  }

  /**
   * @returns gives it back; idempotent
   * @throws VultusError `server_busy` where not so much is left, `too_many_requests` where `key` has its share already
   */
  take(key: string, amount = 1): () => void {
    const ofKey = (this.#ofKey.get(key) ?? 0) + amount;
    if (this.#used + amount > this.limit) throw this.#refusal('server_busy');
    if (ofKey > this.#limitOfOne) throw this.#refusal('too_many_requests');
    this.#used += amount;
    this.#ofKey.set(key, ofKey);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#used -= amount;
      const left = this.#ofKey.get(key)! - amount;
      if (left > 0) this.#ofKey.set(key, left);
      else this.#ofKey.delete(key);
    };
  }

  #refusal(code: 'server_busy' | 'too_many_requests'): VultusError {
    this.#refusals++;
    return new VultusError(
      code,
      `${this.#what}: ${this.limit} at a time, ${this.#limitOfOne} from one address`,
    );
  }
}
