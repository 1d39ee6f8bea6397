/** The newest vectors of a stream, one for each frame, by the frame's index; what is older is overwritten. */
export class FrameRing {
  readonly length: number;
  readonly size: number;
  readonly #values: Float32Array;

  /** @param fill what every frame is before it is put, also those below 0 */
  constructor(length: number, fill: Float32Array) {
    this.length = length;
    this.size = fill.length;
    this.#values = new Float32Array(length * this.size);
    this.fill(0, length, fill);
  }

  /** A copy. */
  at(frame: number): Float32Array {
    return this.read(frame, frame + 1);
  }

  /** @param vectors of consecutive frames, one after the other */
  put(first: number, vectors: Float32Array): void {
    for (let i = 0; i * this.size < vectors.length; i++) {
      this.#values.set(vectors.subarray(i * this.size, (i + 1) * this.size), this.#place(first + i));
    }
  }

  /** The same vector for all frames from `first` up to `end`, as far as they are kept. */
  fill(first: number, end: number, vector: Float32Array): void {
    for (let frame = Math.max(first, end - this.length); frame < end; frame++) {
      this.#values.set(vector, this.#place(frame));
    }
  }

  /** `Float32Array [end − first, size]`, written to `into` where that is given. */
  read(
    first: number,
    end: number,
    into: Float32Array = new Float32Array((end - first) * this.size),
  ): Float32Array {
    for (let frame = first; frame < end; frame++) {
      const from = this.#place(frame);
      into.set(this.#values.subarray(from, from + this.size), (frame - first) * this.size);
    }
    return into;
  }

  #place(frame: number): number {
    return (((frame % this.length) + this.length) % this.length) * this.size;
  }
}
