/** What is drawn in WebAssembly with SIMD (simd/kernels.ts), and the memory that it works on. */
import { KERNEL_CODE } from '#kernel-code';

/** Of simd/kernels.ts; arrays are given by their first byte in the memory. */
interface Exports {
  addScaled(to: number, from: number, count: number, factor: number): void;
  drawTriangles(columns: number, rows: number, ...arrays: number[]): void;
  finishMap(columns: number, rows: number, ...arrays: number[]): number;
  setPerson(across: number, down: number, ...planes: number[]): void;
  drawPicture(columns: number, rows: number, ...arrays: number[]): void;
}

type ArrayType<View> = {
  new (buffer: ArrayBuffer, at: number, length: number): View;
  BYTES_PER_ELEMENT: number;
};

const MODULE = new WebAssembly.Module(KERNEL_CODE);
const PAGE_BYTES = 65536;
/** Arrays begin where a vector may, and one more than they hold may be written. */
const VECTOR_BYTES = 16;

export class Kernels {
  readonly run: Exports;
  readonly #memory: WebAssembly.Memory;
  /** The first bytes stay free: an array at 0 would be none. */
  #end = VECTOR_BYTES;

  /** `roomBytes`: for all arrays together; what of it is not used takes no memory. */
  constructor(roomBytes: number) {
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(roomBytes / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(MODULE, { env: { memory: this.#memory } });
    this.run = exports as unknown as Exports;
  }

  /** An array in the memory; its `byteOffset` is what kernels are given. @throws RangeError without room for it */
  array<View>(type: ArrayType<View>, length: number): View {
    const start = this.#end;
    const end = start + length * type.BYTES_PER_ELEMENT + VECTOR_BYTES;
    this.#end = Math.ceil(end / VECTOR_BYTES) * VECTOR_BYTES;
    if (this.#end > this.#memory.buffer.byteLength) throw new RangeError('no room for an array');
    return new type(this.#memory.buffer, start, length);
  }
}
