/** A picture at its own size, at half of it, and so on: what is cut out small is taken from a small one. */
import type { RgbPicture } from '../../contract/rgb-picture.ts';

/** No network wants to see less of a whole picture. */
const MIN_SIDE = 128;

export class Pyramid {
  readonly levels: readonly RgbPicture[];

  constructor(picture: RgbPicture) {
    const levels = [picture];
    for (let last = picture; Math.min(last.width, last.height) >= 2 * MIN_SIDE; levels.push(last)) {
      last = halve(last);
    }
    this.levels = levels;
  }

  /** The smallest level that still has a pixel for each one of a cut; `step`: pixels of the picture per pixel of it. */
  levelFor(step: number): number {
    return Math.min(this.levels.length - 1, Math.max(0, Math.floor(Math.log2(step))));
  }
}

/** Means of two by two pixels; the last of an odd number is left out. */
function halve({ width, height, data }: RgbPicture): RgbPicture {
  const [half, rows] = [width >> 1, height >> 1];
  const result = new Uint8Array(3 * half * rows);
  for (let y = 0; y < rows; y++) {
    let from = 6 * y * width;
    let to = 3 * y * half;
    for (let x = 0; x < half; x++, from += 6) {
      const below = from + 3 * width;
      for (let c = 0; c < 3; c++) {
        const sum = data[from + c] + data[from + 3 + c] + data[below + c] + data[below + 3 + c];
        result[to++] = (sum + 2) >> 2;
      }
    }
  }
  return { width: half, height: rows, data: result };
}
