/**
 * Where a map looks, as fixed-point numbers. A cell's 2×2 pixels lie a quarter of the way to its neighbours: places of
 * cells, in texels of luma, have 13 bits of fraction, so that the sum of its own twice and of two neighbours' has 15 for
 * a pixel. Texel i has its centre at i.
 */

const CELL_ONE: f32 = 8192;
export const ONE: i32 = 32768;
export const FRACTION: i32 = 32767;
/** Cells whose neighbours look farther away than this show an edge: 8 texels. */
const FAR: i32 = 8 << 13;

/**
 * Places of a row of cells, int32 [columns], with one more before the first and behind the last.
 * @param map of one axis: float32 [columns], −1..1 across `texels` of luma
 */
export function placeRow(map: usize, columns: i32, texels: i32, places: usize): void {
  const half = f32x4.splat(0.5 * <f32>texels * CELL_ONE);
  const offset = f32x4.splat((0.5 * <f32>texels - 0.5) * CELL_ONE);
  const bytes = <usize>(4 * columns);
  for (let at: usize = 0; at < bytes; at += 16) {
    const place = f32x4.add(f32x4.mul(v128.load(map + at), half), offset);
    v128.store(places + at, i32x4.trunc_sat_f32x4_s(f32x4.nearest(place)));
  }
  store<i32>(places - 4, load<i32>(places));
  store<i32>(places + bytes, load<i32>(places + bytes - 4));
}

/** Whether four cells' neighbours look near to where they do. */
// @ts-ignore: decorator
@inline
export function near(own: v128, west: v128, east: v128, north: v128, south: v128): bool {
  const aside = i32x4.max_s(away(own, west), away(own, east));
  const upright = i32x4.max_s(away(own, north), away(own, south));
  return !v128.any_true(i32x4.gt_s(i32x4.max_s(aside, upright), i32x4.splat(FAR)));
}

// @ts-ignore: decorator
@inline
function away(a: v128, b: v128): v128 {
  return i32x4.abs(i32x4.sub(a, b));
}

/** From a cell's place to that of the chroma in its middle, 15 bits. */
// @ts-ignore: decorator
@inline
export function chroma(cell: v128): v128 {
  return i32x4.sub(i32x4.add(cell, cell), i32x4.splat(ONE >> 2));
}

/** From a cell's place to the texel of chroma that it lies in. */
// @ts-ignore: decorator
@inline
export function texelOfChroma(cell: v128): v128 {
  return i32x4.shr_s(i32x4.add(cell, i32x4.splat(1 << 12)), 14);
}

// @ts-ignore: decorator
@inline
export function within(place: v128, size: i32): v128 {
  return v128.and(i32x4.gt_s(place, i32x4.splat(-ONE)), i32x4.lt_s(place, i32x4.splat(size * ONE)));
}

/** Kept where there is a texel, and another one behind. */
// @ts-ignore: decorator
@inline
export function kept(place: v128, size: i32): v128 {
  return i32x4.max_s(i32x4.splat(0), i32x4.min_s(place, i32x4.splat((size - 1) * ONE - 1)));
}

/** Index of the texel at places. */
// @ts-ignore: decorator
@inline
export function texel(x: v128, y: v128, across: i32): v128 {
  return i32x4.add(i32x4.mul(i32x4.shr_s(y, 15), i32x4.splat(across)), i32x4.shr_s(x, 15));
}

/** Fractions of eight places. */
// @ts-ignore: decorator
@inline
export function shares(first: v128, second: v128): v128 {
  const mask = i32x4.splat(FRACTION);
  return i16x8.narrow_i32x4_s(v128.and(first, mask), v128.and(second, mask));
}
