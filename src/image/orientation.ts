/** The eight ways in which the rows of a picture can lie (EXIF 2.32, tag 0x0112), and the way between them. */
import sharp from 'sharp';
import type { Rectangle } from './cut-and-scale.ts';

/** Decoded pixels of any number of channels. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** Mirrored top to bottom or left to right first, then turned clockwise. */
const STEPS: Readonly<Record<number, { flip?: boolean; flop?: boolean; degrees: number }>> = {
  2: { flop: true, degrees: 0 },
  3: { degrees: 180 },
  4: { flip: true, degrees: 0 },
  5: { flip: true, degrees: 90 },
  6: { degrees: 90 },
  7: { flop: true, degrees: 90 },
  8: { degrees: 270 },
};
/** Orientations that turn a picture by so many quarters, clockwise. */
const TURNED = [1, 6, 3, 8];

export const orientationOf = (quarterTurns: number) => TURNED[quarterTurns & 3];

/** Whether width and height change places. */
export const swapsSides = (orientation: number) => orientation >= 5;

/** Of pixels as they lie in a file makes them upright. */
export async function orient(pixels: Pixels, orientation: number): Promise<Pixels> {
  const steps = STEPS[orientation];
  if (!steps) return pixels;
  const { width, height, channels } = pixels;
  const { data, info } = await sharp(pixels.data, { raw: { width, height, channels } })
    .flip(steps.flip ?? false)
    .flop(steps.flop ?? false)
    .rotate(steps.degrees)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height, channels };
}

/** Where in a file of `width` × `height` pixels an area of its upright picture lies. */
export function areaInFile(
  { left, top, width: across, height: down }: Rectangle,
  orientation: number,
  { width, height }: { width: number; height: number },
): Rectangle {
  const { flip = false, flop = false, degrees } = STEPS[orientation] ?? { degrees: 0 };
  // Back: turned first, then mirrored.
  let area: Rectangle;
  if (degrees === 90) area = { left: top, top: height - left - across, width: down, height: across };
  else if (degrees === 270) area = { left: width - top - down, top: left, width: down, height: across };
  else if (degrees === 180)
    area = { left: width - left - across, top: height - top - down, width: across, height: down };
  else area = { left, top, width: across, height: down };
  if (flip) area.top = height - area.top - area.height;
  if (flop) area.left = width - area.left - area.width;
  return area;
}
