/**
 * Arrays that are filled anew for every run of a graph. Hundreds of kilobytes of them a run, made anew each time, lie
 * outside of V8's heap and make it collect all of its memory several times a second.
 */
export class ReusedArrays {
  readonly #arrays = new Map<string, Float32Array>();

  /** The array of this name; what was in it before is still there, unless its length was another one. */
  of(name: string, length: number): Float32Array {
    let array = this.#arrays.get(name);
    if (array?.length !== length) {
      array = new Float32Array(length);
      this.#arrays.set(name, array);
    }
    return array;
  }
}
