import { VultusError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { TokenBucket, type TokenRate } from './token-bucket.ts';

/** Beyond this the one that was used first is forgotten: whoever comes from so many places is not stopped by memory. */
const MOST_KEYS = 10_000;

/** A token bucket for each key: an address, a connection. */
export class RateBudget<Key = string> implements Budget {
  readonly name: string;
  readonly #rate: TokenRate | undefined;
  readonly #what: string;
  readonly #now: () => number;
  readonly #buckets = new Map<Key, TokenBucket>();
  #refusals = 0;

  /** `rate`: undefined where nothing limits it; `what`: of what there are too many, for the refusal. */
  constructor(
    name: string,
    rate: TokenRate | undefined,
    what: string,
    now: () => number = performance.now.bind(performance),
  ) {
    this.name = name;
    this.#rate = rate;
    this.#what = what;
    this.#now = now;
  }

  get limit(): number {
    return this.#rate?.burst ?? Number.POSITIVE_INFINITY;
  }

  get used(): number {
    let most = 0;
    for (const { burst, level } of this.#buckets.values()) most = Math.max(most, burst - level);
    return most;
  }

  get refusals(): number {
    return this.#refusals;
  }

  /** @throws VultusError `too_many_requests` with the wait until so many are there */
  take(key: Key, tokens = 1): void {
    const bucket = this.bucket(key);
    if (!bucket || bucket.take(tokens)) return;
    throw this.refusal(bucket.waitMs(tokens));
  }

  /** The bucket of one key, to be asked by hand; undefined where nothing limits it. */
  bucket(key: Key): TokenBucket | undefined {
    if (!this.#rate) return undefined;
    const known = this.#buckets.get(key);
    if (known) return known;
    if (this.#buckets.size >= MOST_KEYS) this.#makeRoom();
    const bucket = new TokenBucket(this.#rate, this.#now);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Somebody with a key of their own is gone. */
  forget(key: Key): void {
    this.#buckets.delete(key);
  }

  /** Somebody was made to wait, or sent away. */
  countRefusal(): void {
    this.#refusals++;
  }

  /** Counts it, too. */
  refusal(waitMs: number): VultusError {
    this.countRefusal();
    const retryAfterS = Math.max(1, Math.ceil(Math.min(waitMs, 3_600_000) / 1000));
    return new VultusError('too_many_requests', `too many ${this.#what}`, { retryAfterS });
  }

  /** Full buckets say nothing; where none is full, the oldest goes. */
  #makeRoom(): void {
    for (const [key, { burst, level }] of this.#buckets) if (level >= burst) this.#buckets.delete(key);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= MOST_KEYS) this.#buckets.delete(oldest);
  }
}
