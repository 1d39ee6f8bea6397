import { randomNumbers } from '../../src/random.ts';

/** Garbage that is the same in every run. */
export class Garbage {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  /** 0..limit−1. */
  below(limit: number): number {
    return Math.floor(limit * this.#random());
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  bytes(most: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }

  /** Something that was valid: bits turned over, cut off, lengthened, or doubled. */
  damaged(valid: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(valid);
    switch (this.below(4)) {
      case 0:
        return bytes.slice(0, this.below(bytes.length + 1));
      case 1:
        return Uint8Array.from([...bytes, ...this.bytes(8)]);
      case 2:
        return Uint8Array.from([...bytes, ...bytes]);
      default:
        for (let i = this.below(6); i >= 0; i--) bytes[this.below(bytes.length)] ^= 1 << this.below(8);
        return bytes;
    }
  }

  /** A JSON value of any shape and depth. */
  json(depth = 3): unknown {
    const leaf = [null, true, '', 'x'.repeat(5000), 0, -1, 1e308, 0.1, 2 ** 53, '\u0000', '../..', {}, []];
    if (depth === 0 || this.below(3) === 0) return this.one(leaf);
    const names = ['avatarId', 'size', 'fps', 'controls', 'codec', 'type', 'sdp', '__proto__', 'toString'];
    if (this.below(2)) return Array.from({ length: this.below(4) }, () => this.json(depth - 1));
    return Object.fromEntries(
      Array.from({ length: this.below(5) }, () => [this.one(names), this.json(depth - 1)]),
    );
  }
}
