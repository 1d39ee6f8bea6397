/** Places of a map (−1..1 across a texture) as cells of chroma and as texels, four at a time. */

/** Shares are fixed-point numbers of 15 bits. */
export const ONE: f32 = 32768;
export const FRACTION: i32 = 32767;

/** From −1..1 to the texel of chroma that a place lies in. */
// @ts-ignore: decorator
@inline
export function cell(place: v128, size: i32): v128 {
  const half = f32x4.splat(0.5 * <f32>size);
  return i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.mul(half, f32x4.add(place, f32x4.splat(1)))));
}

/** The map of the cells to the left of four; the first in a row is its own neighbour. */
// @ts-ignore: decorator
@inline
export function west(at: usize, own: v128, x: i32): v128 {
  return x > 0 ? v128.load(at - 4) : v128.shuffle<f32>(own, own, 0, 0, 1, 2);
}

// @ts-ignore: decorator
@inline
export function east(at: usize, own: v128, x: i32, columns: i32): v128 {
  return x < columns - 4 ? v128.load(at + 4) : v128.shuffle<f32>(own, own, 1, 2, 3, 3);
}

// @ts-ignore: decorator
@inline
export function towards(own: v128, neighbour: v128): v128 {
  return f32x4.mul(f32x4.splat(0.25), f32x4.add(own, neighbour));
}

/** From −1..1 to texels: texel i has its centre at i + ½. */
// @ts-ignore: decorator
@inline
export function texel(place: v128, size: i32): v128 {
  const half = f32x4.splat(0.5 * <f32>size);
  return f32x4.add(f32x4.mul(half, place), f32x4.sub(half, f32x4.splat(0.5)));
}

// @ts-ignore: decorator
@inline
export function within(place: v128, size: i32): v128 {
  return v128.and(f32x4.gt(place, f32x4.splat(-1)), f32x4.lt(place, f32x4.splat(<f32>size)));
}

/** Texels as fixed-point numbers, kept where there is another one behind. */
// @ts-ignore: decorator
@inline
export function fixed(place: v128, size: i32): v128 {
  const last = f32x4.splat(<f32>size - 1.0001);
  const kept = f32x4.max(f32x4.splat(0), f32x4.min(last, place));
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(kept, f32x4.splat(ONE)));
}

/** Index of the texel at fixed-point places. */
// @ts-ignore: decorator
@inline
export function offset(x: v128, y: v128, across: i32): v128 {
  return i32x4.add(i32x4.mul(i32x4.shr_s(y, 15), i32x4.splat(across)), i32x4.shr_s(x, 15));
}
