/** Decoded pictures in memory: 8 bits a channel, pixel after pixel, from the upper left corner. */

export interface RgbPicture {
  /** `Uint8Array [height·width·3]` */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface RgbaPicture {
  /** `Uint8Array [height·width·4]`, colours not multiplied by alpha. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}
