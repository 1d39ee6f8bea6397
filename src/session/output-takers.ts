import type { Outputs } from '../contract/outputs.ts';

/** What each of a session's connections takes. The session makes all of it, as long as somebody takes it. */
export class OutputTakers {
  readonly #takers = new Map<object, Outputs>();

  /** Changes what one of them takes; what is absent stays as it is. Returns what has to be made now. */
  set(taker: object, outputs: Partial<Outputs>): Outputs {
    const taken = { video: false, voice: false, motion: false, ...this.#takers.get(taker), ...outputs };
    if (taken.video || taken.voice || taken.motion) this.#takers.set(taker, taken);
    else this.#takers.delete(taker);
    const all = [...this.#takers.values()];
    return {
      video: all.some(({ video }) => video),
      voice: all.some(({ voice }) => voice),
      motion: all.some(({ motion }) => motion),
    };
  }
}
