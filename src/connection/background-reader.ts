import type { WorkQueue } from '../budget/work-queue.ts';
import type { Backdrop } from '../contract/backdrop.ts';
import { toVultusError, VultusError } from '../errors.ts';
import { readBackdrop } from '../image/backdrop-picture.ts';

/** Pictures take a while to read, and a peer may send them without end. */
const MOST_WAITING = 8;

/** Reads the backgrounds that a peer sends, one after the other in their order. */
export class BackgroundReader {
  readonly #queue: WorkQueue;
  readonly #read: (background: Backdrop) => void;
  readonly #failed: (error: VultusError) => void;
  #waiting = 0;
  #last = Promise.resolve();

  /**
   * `queue`: that of all peers, in which each has one picture at a time. `failed`: called with what cannot be read, with
   * what is too much, and with what `read` throws.
   */
  constructor(
    queue: WorkQueue,
    options: { read: (background: Backdrop) => void; failed: (error: VultusError) => void },
  ) {
    this.#queue = queue;
    this.#read = options.read;
    this.#failed = options.failed;
  }

  /** What `readBackdrop` takes. */
  take(text: string): void {
    if (this.#waiting === MOST_WAITING) {
      this.#failed(new VultusError('invalid_request', `${MOST_WAITING} backgrounds wait to be read already`));
      return;
    }
    this.#waiting++;
    this.#last = this.#last.then(() => this.#take(text));
  }

  async #take(text: string): Promise<void> {
    try {
      this.#read(await readBackdrop(text, this.#queue));
    } catch (cause) {
      this.#failed(toVultusError(cause));
    } finally {
      this.#waiting--;
    }
  }
}
