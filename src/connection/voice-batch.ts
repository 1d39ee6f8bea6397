/** Longer pieces go at once: joining them would only copy. */
const LONG_SAMPLES = 48_000;

/** What voice is joined with: nothing of another kind or name. */
export interface VoiceLabel {
  live: boolean;
  /** Name of the utterance that it belongs to. */
  id: string | undefined;
}

/**
 * Voice that comes in many short messages at once goes on in one piece: each costs the way to the engine and a place
 * in its queue.
 */
export class VoiceBatch {
  readonly #push: (samples: Float32Array, label: VoiceLabel) => void;
  #pieces: Float32Array[] = [];
  #samples = 0;
  #label: VoiceLabel = { live: false, id: undefined };
  #flushing: NodeJS.Immediate | undefined;

  /** `push`: has to take care of what it throws itself. */
  constructor(push: (samples: Float32Array, label: VoiceLabel) => void) {
    this.#push = push;
  }

  /** At the latest when the turn of the event loop ends, all of it goes. */
  add(samples: Float32Array, label: VoiceLabel): void {
    if (samples.length === 0) return;
    if (label.live !== this.#label.live || label.id !== this.#label.id) this.flush();
    this.#label = label;
    this.#pieces.push(samples);
    this.#samples += samples.length;
    if (this.#samples >= LONG_SAMPLES) this.flush();
    else this.#flushing ??= setImmediate(() => this.flush());
  }

  flush(): void {
    const [first, ...more] = this.#pieces;
    const count = this.#samples;
    this.clear();
    if (!first) return;
    this.#push(more.length === 0 ? first : joined([first, ...more], count), this.#label);
  }

  /** What waits is not said. Idempotent. */
  clear(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    this.#pieces = [];
    this.#samples = 0;
  }
}

function joined(pieces: readonly Float32Array[], count: number): Float32Array {
  const whole = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
