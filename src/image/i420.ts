/** A planar YUV 4:2:0 picture (BT.601, limited range): the only pixel format between renderer and encoder. */
export interface I420 {
  readonly width: number;
  readonly height: number;
  /** `Uint8Array [width·height·3/2]`: Y plane, then U, then V, without padding. */
  readonly data: Uint8Array;
}

export function createI420(width: number, height: number): I420 {
  return { width, height, data: new Uint8Array((width * height * 3) / 2) };
}
