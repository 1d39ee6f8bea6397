import { type ControlsPatch, joinPatches } from '../contract/controls.ts';
import { Throttled } from './throttled.ts';

/** The controls of one peer: a picture shows only the last of what was said before it. */
export class Steering {
  readonly #apply: Throttled;
  #waiting: ControlsPatch | undefined;

  /** `apply`: has to take care of what it throws itself. */
  constructor(fps: number, apply: (patch: ControlsPatch) => void) {
    this.#apply = new Throttled(1000 / fps, () => {
      const patch = this.#waiting;
      this.#waiting = undefined;
      if (patch) apply(patch);
    });
  }

  take(patch: ControlsPatch): void {
    this.#waiting = joinPatches(this.#waiting ?? {}, patch);
    this.#apply.request();
  }

  /** What waits is applied now. */
  settle(): void {
    this.#apply.flush();
  }

  /** Idempotent. */
  close(): void {
    this.#apply.close();
  }
}
