/** What of a drawing hangs free of its head, as it is found in the portrait; plain data. */
export interface FreeParts {
  /** How free each ring vertex of the head mesh is, 0 grown fast .. 1, `Float32Array [10·36]`. */
  free: Float32Array;
  /** How much of each is body, in the same order. */
  body: Float32Array;
  /** How far in each direction the free end is from where it has grown, face heights, `Float32Array [36]`. */
  lengths: Float32Array;
}
