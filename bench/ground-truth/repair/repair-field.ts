/**
 * A field of corrections on a coarse grid over a crop (models/training/vultus_training/repair/field.py): where each
 * pixel is taken from, and a tone curve, piecewise linear in luma. Smooth over many pixels, so that nothing blurs.
 */

import type { I420 } from '../../../src/image/i420.ts';
import { clamp } from '../../../src/image/planes.ts';
import { bilinear, type Crop } from './repair-crop.ts';

/** Luma levels at which a tone curve is given: the first, and the distance of the others. */
const FIRST_KNOT = 16;
const KNOT_STEP = 73;
const KNOTS = 4;
const FLOW = 2;
export const FIELD_CHANNELS = FLOW + 3 * KNOTS;

/**
 * Changes the crop of the picture. `field`: `Float32Array [14·grid·grid]`: flow x, y (shares of the crop's side),
 * what is added to Y, U, V at each knot; `scratch`: as long as the picture's data, overwritten.
 */
export function applyField(
  picture: I420,
  crop: Crop,
  field: Float32Array,
  grid: number,
  scratch: Uint8Array,
): void {
  const { width: size, data } = picture;
  const half = size / 2;
  const [u, v] = [size * size, size * size * 1.25];
  scratch.set(data);
  const first = (from: number) => Math.max(0, 2 * Math.ceil(from / 2));
  const last = (to: number) => Math.min(size, 2 * Math.floor(to / 2));
  const [left, right] = [first(crop.left), last(crop.left + crop.side)];
  const [top, bottom] = [first(crop.top), last(crop.top + crop.side)];
  const step = grid / crop.side;
  const row = new Float32Array(FIELD_CHANNELS * grid);
  const here = new Float32Array(FIELD_CHANNELS);
  const flowX = crop.mirrored ? -crop.side : crop.side;
  for (let y = top; y < bottom; y += 2) {
    mixRows(field, grid, (y + 1 - crop.top) * step - 0.5, row);
    for (let x = left; x < right; x += 2) {
      const across = (x + 1 - crop.left) * step;
      mixColumns(row, grid, (crop.mirrored ? grid - across : across) - 0.5, here);
      const [dx, dy] = [flowX * here[0], crop.side * here[1]];
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const [px, py] = [x + (corner & 1), y + (corner >> 1)];
        const luma = bilinear(scratch, 0, size, px + 0.5 + dx, py + 0.5 + dy);
        sum += luma;
        data[py * size + px] = level(luma + toneAt(here, FLOW, luma));
      }
      const c = (y >> 1) * half + (x >> 1);
      const [cx, cy] = [(x + 1 + dx) / 2, (y + 1 + dy) / 2];
      data[u + c] = level(bilinear(scratch, u, half, cx, cy) + toneAt(here, FLOW + KNOTS, sum / 4));
      data[v + c] = level(bilinear(scratch, v, half, cx, cy) + toneAt(here, FLOW + 2 * KNOTS, sum / 4));
    }
  }
}

function level(value: number): number {
  return clamp(value, 0, 255) + 0.5;
}

function toneAt(curves: Float32Array, first: number, luma: number): number {
  const place = clamp((luma - FIRST_KNOT) / KNOT_STEP, 0, KNOTS - 1.001);
  const knot = place | 0;
  const at = first + knot;
  return curves[at] + (place - knot) * (curves[at + 1] - curves[at]);
}

/** Between two rows of the grid, clamped at its border: fills `out` `[14·grid]`. */
function mixRows(field: Float32Array, grid: number, place: number, out: Float32Array): void {
  const [i, share] = between(place, grid);
  for (let channel = 0; channel < FIELD_CHANNELS; channel++) {
    const at = (channel * grid + i) * grid;
    for (let x = 0; x < grid; x++) {
      out[channel * grid + x] = field[at + x] + share * (field[at + grid + x] - field[at + x]);
    }
  }
}

function mixColumns(row: Float32Array, grid: number, place: number, out: Float32Array): void {
  const [i, share] = between(place, grid);
  for (let channel = 0; channel < FIELD_CHANNELS; channel++) {
    const at = channel * grid + i;
    out[channel] = row[at] + share * (row[at + 1] - row[at]);
  }
}

function between(place: number, count: number): [number, number] {
  const inside = clamp(place, 0, count - 1);
  const i = Math.min(count - 2, inside | 0);
  return [i, inside - i];
}
