import { AsyncLocalStorage } from 'node:async_hooks';
import { toVultusError, type VultusError } from './errors.ts';

const current = new AsyncLocalStorage<Containment>();

/**
 * The walls around what may fail without taking its neighbours along: a peer, a session, an engine process. What is
 * thrown inside ends it and nothing else, and so does what a timer, a socket or a promise that began inside throws
 * later and nobody catches (see server/last-resort.ts).
 */
export class Containment {
  readonly #onFailure: (error: VultusError) => void;
  #failed = false;

  /** `onFailure`: called at most once; has to end what is inside. */
  constructor(onFailure: (error: VultusError) => void) {
    this.#onFailure = onFailure;
  }

  /** Whose walls the code that runs now is within; undefined for what belongs to the server as a whole. */
  static get current(): Containment | undefined {
    return current.getStore();
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Runs `action` inside; what it throws stays here. */
  run(action: () => void): void {
    try {
      this.enter(action);
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** Runs `action` inside; its result, and what it throws at once, are the caller's. */
  enter<Result>(action: () => Result): Result {
    return current.run(this, action);
  }

  /** Something inside has thrown. Idempotent. */
  fail(cause: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure(toVultusError(cause));
  }
}
