/**
 * The square parts of a drawn picture that the repair network sees: the mouth, and each eye (the left one mirrored,
 * so that both look alike). They follow the face's size and place, not its tilt.
 */

import { BLENDSHAPES, CHANNEL, type MotionChannel } from '../../../src/contract/motion-frame.ts';
import { EYES, MOUTH_CORNER } from '../../../src/face/topology.ts';
import { createI420, type I420 } from '../../../src/image/i420.ts';
import { clamp } from '../../../src/image/planes.ts';
import { mouthOpening, Opening } from '../../../src/render/warp/head/opening.ts';

/** What one part is to the network. */
export interface RepairPart {
  readonly name: 'mouth' | 'eyes';
  /** Cells across the crop; luma has two samples per cell and axis. */
  readonly cells: number;
  /** Side of the crop over the distance of the corners, and how far its middle lies below theirs. */
  readonly reach: number;
  readonly drop: number;
  /** Channels of the motion frame that the network is told; of an eye, those of its own side. */
  readonly motion: readonly MotionChannel[];
}

/** Planes of a crop: four of luma (the samples of a cell), U, V, and the distances to both rims of the opening. */
export const CROP_PLANES = 8;

/** Shapes and order are those of models/training/vultus_training/repair/network.py. */
export const MOUTH: RepairPart = {
  name: 'mouth',
  cells: 48,
  reach: 2.1,
  drop: 0.15,
  motion: [
    'jawOpen',
    'mouthClose',
    'mouthFunnel',
    'mouthPucker',
    'mouthSmileLeft',
    'mouthSmileRight',
    'mouthFrownLeft',
    'mouthFrownRight',
    'mouthStretchLeft',
    'mouthStretchRight',
    'mouthRollLower',
    'mouthRollUpper',
    'mouthPressLeft',
    'mouthPressRight',
    'mouthLowerDownLeft',
    'mouthLowerDownRight',
    'mouthUpperUpLeft',
    'mouthUpperUpRight',
    'headYaw',
    'headPitch',
  ],
};
export const EYE: RepairPart = {
  name: 'eyes',
  cells: 32,
  reach: 1.9,
  drop: 0,
  motion: [
    ...BLENDSHAPES.filter((name) => name.startsWith('eye') && name.endsWith('Right')),
    'headYaw',
    'headPitch',
  ],
};

/** Radians are told in units of a third. */
const ANGLE_UNIT = 3;
const COLOUR_UNIT = 64;

/** A square of the picture, pixels; `mirrored`: its columns run from right to left. */
export interface Crop {
  readonly part: RepairPart;
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly mirrored: boolean;
  readonly opening: Opening;
}

/** `posed`: landmarks after the head's turn, `[n·3]`; `size`: side of the picture. Mouth, right eye, left eye. */
export function repairCrops(posed: Float32Array, size: number): Crop[] {
  const eyes = (['right', 'left'] as const).map((side): Crop => {
    const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
    const opening = new Opening(posed, size, outerCorner, upperLid, lowerLid, innerCorner);
    return {
      ...squareBetween(EYE, posed, size, outerCorner, innerCorner),
      mirrored: side === 'left',
      opening,
    };
  });
  const square = squareBetween(MOUTH, posed, size, MOUTH_CORNER.right, MOUTH_CORNER.left);
  return [{ ...square, mirrored: false, opening: mouthOpening(posed, size) }, ...eyes];
}

function squareBetween(part: RepairPart, posed: Float32Array, size: number, a: number, b: number) {
  const [ax, ay, bx, by] = [posed[3 * a], posed[3 * a + 1], posed[3 * b], posed[3 * b + 1]];
  const distance = Math.hypot(bx - ax, by - ay) * size;
  const side = part.reach * distance;
  return {
    part,
    left: 0.5 * (ax + bx) * size - side / 2,
    top: 0.5 * (ay + by) * size + part.drop * distance - side / 2,
    side,
  };
}

/** Fills `out` `[8·cells·cells]`: colours around 0 in units of 64, distances in quarters of the opening's width. */
export function readCrop(picture: I420, crop: Crop, out: Float32Array): void {
  const { width, data } = picture;
  const { cells } = crop.part;
  const plane = cells * cells;
  const half = width / 2;
  const [u, v] = [width * width, width * width * 1.25];
  const step = crop.side / cells;
  const { opening } = crop;
  const colour = (value: number) => (value - 128) / COLOUR_UNIT;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const i = row * cells + column;
      for (let quarter = 0; quarter < 4; quarter++) {
        const x = columnAt(crop, column + 0.25 + 0.5 * (quarter & 1), step);
        const y = crop.top + (row + 0.25 + 0.5 * (quarter >> 1)) * step;
        out[quarter * plane + i] = colour(bilinear(data, 0, width, x, y));
      }
      const x = columnAt(crop, column + 0.5, step);
      const y = crop.top + (row + 0.5) * step;
      out[4 * plane + i] = colour(bilinear(data, u, half, x / 2, y / 2));
      out[5 * plane + i] = colour(bilinear(data, v, half, x / 2, y / 2));
      const inside = opening.locate(x, y);
      out[6 * plane + i] = inside ? clamp((4 * opening.belowUpper) / opening.width, -1, 1) : -1;
      out[7 * plane + i] = inside ? clamp((4 * opening.aboveLower) / opening.width, -1, 1) : -1;
    }
  }
}

/** What the network is told of the motion: fills `out` `[part.motion.length]`. */
export function readMotion(frame: Float32Array, { part, mirrored }: Crop, out: Float32Array): void {
  part.motion.forEach((channel, i) => {
    const own = mirrored ? (channel.replace('Right', 'Left') as MotionChannel) : channel;
    const sign = mirrored && channel === 'headYaw' ? -1 : 1;
    out[i] = (channel.startsWith('head') ? ANGLE_UNIT : 1) * sign * frame[CHANNEL[own]];
  });
}

/** The crop as a picture of its own. */
export function cutOut(picture: I420, crop: Crop, size: number): I420 {
  const { width, data } = picture;
  const cut = createI420(size, size);
  const sample = (from: number, side: number, to: number, count: number) => {
    const step = (crop.side / count) * (side / width);
    const left = crop.left * (side / width);
    const top = crop.top * (side / width);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const x = crop.mirrored ? left + (count - column - 0.5) * step : left + (column + 0.5) * step;
        cut.data[to + row * count + column] = Math.round(
          bilinear(data, from, side, x, top + (row + 0.5) * step),
        );
      }
    }
  };
  sample(0, width, 0, size);
  sample(width * width, width / 2, size * size, size / 2);
  sample(1.25 * width * width, width / 2, 1.25 * size * size, size / 2);
  return cut;
}

/** Picture x of a place in the crop, in cells from its first column. */
function columnAt({ left, side, mirrored }: Crop, cell: number, step: number): number {
  return mirrored ? left + side - cell * step : left + cell * step;
}

/** A sample of a square plane at pixel coordinates (pixel i has its centre at i + ½), clamped at the border. */
export function bilinear(data: Uint8Array, offset: number, width: number, x: number, y: number): number {
  const sx = clamp(x - 0.5, 0, width - 1.001);
  const sy = clamp(y - 0.5, 0, width - 1.001);
  const x0 = sx | 0;
  const y0 = sy | 0;
  const fx = sx - x0;
  const i = offset + y0 * width + x0;
  const above = data[i] + fx * (data[i + 1] - data[i]);
  const below = data[i + width] + fx * (data[i + width + 1] - data[i + width]);
  return above + (sy - y0) * (below - above);
}
