/** Signed 16-bit little-endian samples ↔ float32 −1..1. */

const SCALE = 32768;

/** Whole samples only; see `S16leReader` for bytes that come in arbitrary pieces. */
export function s16leToFloat(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true) / SCALE;
  return samples;
}

/** Clips to the range of 16 bits; NaN becomes silence. */
export function floatToS16le(samples: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.round(samples[i] * SCALE) || 0;
    bytes.writeInt16LE(Math.max(-SCALE, Math.min(SCALE - 1, value)), i * 2);
  }
  return bytes;
}

/** Reads a stream of s16le bytes that may be cut anywhere, also inside a sample. */
export class S16leReader {
  #half: number | undefined;

  /** `Float32Array [samples]`: those that are complete now. */
  read(bytes: Uint8Array): Float32Array {
    let whole = bytes;
    if (this.#half !== undefined) {
      whole = new Uint8Array(bytes.length + 1);
      whole[0] = this.#half;
      whole.set(bytes, 1);
    }
    this.#half = whole.length % 2 === 1 ? whole[whole.length - 1] : undefined;
    return s16leToFloat(whole);
  }

  /** Forgets half a sample that never got its other byte. */
  reset(): void {
    this.#half = undefined;
  }
}
