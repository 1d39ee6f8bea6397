/** Bytes of planes, mixed: values are 128 times a byte, shares fixed-point numbers of 15 bits. */

/** 255, mixed. */
export const FULL: i16 = 255 << 7;

/**
 * Bilinear samples, mixed: of one plane at the places of the first four, of another one at those of the second four.
 * @param across texels of a row of both
 * @param first indices of texels
 * @param fx shares of the texel to the right
 * @param fy shares of the texels below
 */
// @ts-ignore: decorator
@inline
export function sample(
  planeA: usize,
  planeB: usize,
  across: i32,
  first: v128,
  second: v128,
  fx: v128,
  fy: v128,
): v128 {
  const upper = pairs(planeA, planeB, first, second);
  const lower = pairs(planeA + across, planeB + across, first, second);
  return mix(mix(left(upper), right(upper), fx), mix(left(lower), right(lower), fx), fy);
}

/** Two texels side by side at eight places. */
// @ts-ignore: decorator
@inline
function pairs(planeA: usize, planeB: usize, first: v128, second: v128): v128 {
  let result = i32x4.splat(0);
  result = v128.load_lane<u16>(planeA + i32x4.extract_lane(first, 0), result, 0);
  result = v128.load_lane<u16>(planeA + i32x4.extract_lane(first, 1), result, 1);
  result = v128.load_lane<u16>(planeA + i32x4.extract_lane(first, 2), result, 2);
  result = v128.load_lane<u16>(planeA + i32x4.extract_lane(first, 3), result, 3);
  result = v128.load_lane<u16>(planeB + i32x4.extract_lane(second, 0), result, 4);
  result = v128.load_lane<u16>(planeB + i32x4.extract_lane(second, 1), result, 5);
  result = v128.load_lane<u16>(planeB + i32x4.extract_lane(second, 2), result, 6);
  return v128.load_lane<u16>(planeB + i32x4.extract_lane(second, 3), result, 7);
}

/** Of each pair the left texel, mixed. */
// @ts-ignore: decorator
@inline
function left(pairs: v128): v128 {
  return i16x8.shr_u(i16x8.shl(pairs, 8), 1);
}

// @ts-ignore: decorator
@inline
function right(pairs: v128): v128 {
  return i16x8.shl(i16x8.shr_u(pairs, 8), 7);
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, share: v128): v128 {
  return i16x8.add(a, i16x8.q15mulr_sat_s(i16x8.sub(b, a), share));
}

/** Premultiplied colours over a background of bytes, all mixed but that. */
// @ts-ignore: decorator
@inline
export function over(colours: v128, covers: v128, background: v128): v128 {
  const behind = i16x8.extend_low_i8x16_u(background);
  // 128½ times: a share of FULL is a little less than one.
  const scaled = i16x8.add(i16x8.shl(behind, 7), i16x8.shr_u(behind, 1));
  const uncovered = i16x8.sub(i16x8.splat(FULL), covers);
  return i16x8.add(colours, i16x8.q15mulr_sat_s(scaled, uncovered));
}

/** Luma of a matte, mixed both: black is 16, white 235. */
// @ts-ignore: decorator
@inline
export function matteLuma(covers: v128): v128 {
  return i16x8.add(i16x8.q15mulr_sat_s(covers, i16x8.splat(28142)), i16x8.splat(16 << 7));
}

/** Eight bytes. */
// @ts-ignore: decorator
@inline
export function toBytes(mixed: v128): v128 {
  const rounded = i16x8.shr_u(i16x8.add(mixed, i16x8.splat(64)), 7);
  return i8x16.narrow_i16x8_u(rounded, rounded);
}

/** Bytes of a row of pixels: those on the left and those on the right of four cells in turn. */
// @ts-ignore: decorator
@inline
export function inTurn(bytes: v128): v128 {
  return v128.shuffle<u8>(bytes, bytes, 0, 4, 1, 5, 2, 6, 3, 7, 0, 0, 0, 0, 0, 0, 0, 0);
}

/** The other way round. */
// @ts-ignore: decorator
@inline
export function apart(bytes: v128): v128 {
  return v128.shuffle<u8>(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7, 0, 0, 0, 0, 0, 0, 0, 0);
}
