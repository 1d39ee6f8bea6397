/** The newest vectors of a stream, one for each frame, by the frame's index; what is older is overwritten. */
export class FrameRing {
  readonly size: number;
  readonly #vectors: Float32Array[];

  /** @param fill what every frame is before it is put, also those below 0 */
  constructor(length: number, fill: Float32Array) {
    this.size = fill.length;
    this.#vectors = new Array<Float32Array>(length).fill(fill);
  }

  get length(): number {
    return this.#vectors.length;
  }

  at(frame: number): Float32Array {
    return this.#vectors[this.#place(frame)];
  }

  /** @param vectors of consecutive frames, one after the other */
  put(first: number, vectors: Float32Array): void {
    for (let i = 0; i * this.size < vectors.length; i++) {
      this.#vectors[this.#place(first + i)] = vectors.slice(i * this.size, (i + 1) * this.size);
    }
  }

  /** The same vector for all frames from `first` up to `end`, as far as they are kept. */
  fill(first: number, end: number, vector: Float32Array): void {
    for (let frame = Math.max(first, end - this.length); frame < end; frame++) {
      this.#vectors[this.#place(frame)] = vector;
    }
  }

  /** `Float32Array [end − first, size]` */
  read(first: number, end: number): Float32Array {
    const joined = new Float32Array((end - first) * this.size);
    for (let frame = first; frame < end; frame++) joined.set(this.at(frame), (frame - first) * this.size);
    return joined;
  }

  #place(frame: number): number {
    return ((frame % this.length) + this.length) % this.length;
  }
}
