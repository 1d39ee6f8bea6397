/**
 * The pixel pass in AssemblyScript, compiled to WebAssembly SIMD by `npm run build:simd`. All planes are bytes of one
 * memory. The map is `columns` × `rows` cells, half of the picture's pixels each way, `columns` a multiple of 4; the
 * textures are of `across` × `down` texels of chroma and twice as many of luma each way. Four cells in a row are drawn
 * where the person is present in one of them, in the still portrait or in what is shown there now.
 *
 * Mixed values are 128 times a byte, shares fixed-point numbers of 15 bits.
 */
import { cell, east, FRACTION, fixed, offset, ONE, texel, towards, west, within } from './places';

/** 255, mixed. */
const FULL: i16 = 255 << 7;

/**
 * @param map source x then y in −1..1: float32 [2·rows·columns]
 * @param still 1 for each cell in which the still portrait shows something of the person: uint8 [rows·columns]
 * @param presence the same for the texture: uint8 [down·across]
 * @param texture matte·Y, matte (0..255): uint8 [2·down·2·across·2]
 * @param background Y: uint8 [2·rows·2·columns]
 * @param picture Y: uint8 [2·rows·2·columns]
 * @param matte luma of the matte: uint8 [2·rows·2·columns]; not drawn where it is 0
 */
export function drawLuma(
  columns: i32,
  rows: i32,
  across: i32,
  down: i32,
  map: usize,
  still: usize,
  presence: usize,
  texture: usize,
  background: usize,
  picture: usize,
  matte: usize,
): void {
  const width = 2 * columns;
  const texels = 2 * across;
  const lines = 2 * down;
  const row: usize = 4 * columns;
  for (let y = 0; y < rows; y++) {
    const above = y > 0 ? row : 0;
    const below = y < rows - 1 ? row : 0;
    for (let x = 0; x < columns; x += 4) {
      const i = y * columns + x;
      const atU = map + 4 * i;
      const atV = atU + row * rows;
      const u = v128.load(atU);
      const v = v128.load(atV);
      if (!load<u32>(still + i) && !anyShown(presence, across, down, u, v)) continue;
      // A cell's 2×2 pixels lie a quarter of the way to its neighbours: half of that sum each.
      const westU = towards(u, west(atU, u, x));
      const westV = towards(v, west(atV, v, x));
      const eastU = towards(u, east(atU, u, x, columns));
      const eastV = towards(v, east(atV, v, x, columns));
      const northU = towards(u, v128.load(atU - above));
      const northV = towards(v, v128.load(atV - above));
      const southU = towards(u, v128.load(atU + below));
      const southV = towards(v, v128.load(atV + below));
      let o: usize = 2 * y * width + 2 * x;
      let left = sampleLuma(texture, texels, lines, f32x4.add(northU, westU), f32x4.add(northV, westV));
      let right = sampleLuma(texture, texels, lines, f32x4.add(northU, eastU), f32x4.add(northV, eastV));
      drawRow(left, right, background + o, picture + o, matte ? matte + o : 0);
      o += width;
      left = sampleLuma(texture, texels, lines, f32x4.add(southU, westU), f32x4.add(southV, westV));
      right = sampleLuma(texture, texels, lines, f32x4.add(southU, eastU), f32x4.add(southV, eastV));
      drawRow(left, right, background + o, picture + o, matte ? matte + o : 0);
    }
  }
}

/**
 * @param texture matte·U, matte·V, matte (0..255), nothing: uint8 [down·across·4]
 * @param background U then V: uint8 [2·rows·columns]
 * @param picture U then V: uint8 [2·rows·columns]
 */
export function drawChroma(
  columns: i32,
  rows: i32,
  across: i32,
  down: i32,
  map: usize,
  still: usize,
  presence: usize,
  texture: usize,
  background: usize,
  picture: usize,
): void {
  const plane = columns * rows;
  const row: usize = 4 * across;
  for (let i = 0; i < plane; i += 4) {
    const u = v128.load(map + 4 * i);
    const v = v128.load(map + 4 * (plane + i));
    if (!load<u32>(still + i) && !anyShown(presence, across, down, u, v)) continue;
    const sx = texel(u, across);
    const sy = texel(v, down);
    const x = fixed(sx, across);
    const y = fixed(sy, down);
    const at = i32x4.shl(offset(x, y, across), 2);
    const fx = v128.and(x, i32x4.splat(FRACTION));
    const fy = v128.and(y, i32x4.splat(FRACTION));
    const a = sampleChroma(texture + i32x4.extract_lane(at, 0), row, i32x4.extract_lane(fx, 0), i32x4.extract_lane(fy, 0));
    const b = sampleChroma(texture + i32x4.extract_lane(at, 1), row, i32x4.extract_lane(fx, 1), i32x4.extract_lane(fy, 1));
    const c = sampleChroma(texture + i32x4.extract_lane(at, 2), row, i32x4.extract_lane(fx, 2), i32x4.extract_lane(fy, 2));
    const d = sampleChroma(texture + i32x4.extract_lane(at, 3), row, i32x4.extract_lane(fx, 3), i32x4.extract_lane(fy, 3));
    const inside = v128.and(within(sx, across), within(sy, down));
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const colours = v128.and(v128.shuffle<i64>(ab, cd, 0, 2), inside);
    const covers = v128.and(v128.and(v128.shuffle<i64>(ab, cd, 1, 3), inside), i32x4.splat(0xffff));
    const behindU = v128.load32_zero(background + i);
    const behindV = v128.load32_zero(background + plane + i);
    const behind = v128.shuffle<u8>(
      behindU,
      behindV,
      0, 16, 1, 17, 2, 18, 3, 19, 8, 8, 8, 8, 8, 8, 8, 8,
    );
    const bytes = over(colours, v128.or(covers, i32x4.shl(covers, 16)), behind);
    const apart = v128.shuffle<u8>(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8);
    v128.store32_lane(picture + i, apart, 0);
    v128.store32_lane(picture + plane + i, apart, 1);
  }
}

/** Whether one of four cells shows something now. `u`, `v`: their map. */
// @ts-ignore: decorator
@inline
function anyShown(presence: usize, across: i32, down: i32, u: v128, v: v128): bool {
  const x = cell(u, across);
  const y = cell(v, down);
  return (
    shown(presence, across, down, i32x4.extract_lane(x, 0), i32x4.extract_lane(y, 0)) ||
    shown(presence, across, down, i32x4.extract_lane(x, 1), i32x4.extract_lane(y, 1)) ||
    shown(presence, across, down, i32x4.extract_lane(x, 2), i32x4.extract_lane(y, 2)) ||
    shown(presence, across, down, i32x4.extract_lane(x, 3), i32x4.extract_lane(y, 3))
  );
}

// @ts-ignore: decorator
@inline
function shown(presence: usize, across: i32, down: i32, x: i32, y: i32): bool {
  return x >= 0 && y >= 0 && x < across && y < down && load<u8>(presence + y * across + x) != 0;
}

/** Colour and matte, mixed, at the places of four pixels. */
// @ts-ignore: decorator
@inline
function sampleLuma(texture: usize, across: i32, down: i32, u: v128, v: v128): v128 {
  const sx = texel(u, across);
  const sy = texel(v, down);
  const x = fixed(sx, across);
  const y = fixed(sy, down);
  const at = i32x4.shl(offset(x, y, across), 1);
  const row: usize = 2 * across;
  const a = texture + i32x4.extract_lane(at, 0);
  const b = texture + i32x4.extract_lane(at, 1);
  const c = texture + i32x4.extract_lane(at, 2);
  const d = texture + i32x4.extract_lane(at, 3);
  // Each word holds two texels side by side: colour, matte, colour, matte.
  const upper = words(a, b, c, d);
  const lower = words(a + row, b + row, c + row, d + row);
  const fx = share(x);
  const mixed = mix(
    mix(leftTexels(upper), rightTexels(upper), fx),
    mix(leftTexels(lower), rightTexels(lower), fx),
    share(y),
  );
  return v128.and(mixed, v128.and(within(sx, across), within(sy, down)));
}

/** Four channels, mixed, of one cell. */
// @ts-ignore: decorator
@inline
function sampleChroma(at: usize, row: usize, fx: i32, fy: i32): v128 {
  // Two texels side by side.
  const upper = i16x8.shl(i16x8.extend_low_i8x16_u(v128.load64_zero(at)), 7);
  const lower = i16x8.shl(i16x8.extend_low_i8x16_u(v128.load64_zero(at + row)), 7);
  const both = mix(upper, lower, i16x8.splat(<i16>fy));
  return mix(both, v128.shuffle<i64>(both, both, 1, 1), i16x8.splat(<i16>fx));
}

// @ts-ignore: decorator
@inline
function words(a: usize, b: usize, c: usize, d: usize): v128 {
  let result = v128.load32_zero(a);
  result = v128.load_lane<u32>(b, result, 1);
  result = v128.load_lane<u32>(c, result, 2);
  return v128.load_lane<u32>(d, result, 3);
}

/** Of each word the left texel, mixed. */
// @ts-ignore: decorator
@inline
function leftTexels(words: v128): v128 {
  const zero = i32x4.splat(0);
  return i16x8.shl(
    v128.shuffle<u8>(words, zero, 0, 16, 1, 16, 4, 16, 5, 16, 8, 16, 9, 16, 12, 16, 13, 16),
    7,
  );
}

// @ts-ignore: decorator
@inline
function rightTexels(words: v128): v128 {
  const zero = i32x4.splat(0);
  return i16x8.shl(
    v128.shuffle<u8>(words, zero, 2, 16, 3, 16, 6, 16, 7, 16, 10, 16, 11, 16, 14, 16, 15, 16),
    7,
  );
}

/** The fractions of four places, each for a colour and its matte. */
// @ts-ignore: decorator
@inline
function share(places: v128): v128 {
  const fraction = v128.and(places, i32x4.splat(FRACTION));
  return v128.or(fraction, i32x4.shl(fraction, 16));
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, share: v128): v128 {
  return i16x8.add(a, i16x8.q15mulr_sat_s(i16x8.sub(b, a), share));
}

/** Eight pixels in a row: those on the left and those on the right of four cells. */
// @ts-ignore: decorator
@inline
function drawRow(left: v128, right: v128, background: usize, picture: usize, matte: usize): void {
  const colours = v128.shuffle<i16>(left, right, 0, 8, 2, 10, 4, 12, 6, 14);
  const covers = v128.shuffle<i16>(left, right, 1, 9, 3, 11, 5, 13, 7, 15);
  v128.store64_lane(picture, over(colours, covers, v128.load64_zero(background)), 0);
  if (matte) {
    // Black is 16, white 235.
    const white = i16x8.q15mulr_sat_s(covers, i16x8.splat(28142));
    v128.store64_lane(matte, toBytes(i16x8.add(white, i16x8.splat(16 << 7))), 0);
  }
}

/** Premultiplied colours over a background of bytes, as bytes. */
// @ts-ignore: decorator
@inline
function over(colours: v128, covers: v128, background: v128): v128 {
  const behind = i16x8.extend_low_i8x16_u(background);
  // 128½ times: a share of FULL is a little less than one.
  const scaled = i16x8.add(i16x8.shl(behind, 7), i16x8.shr_u(behind, 1));
  const uncovered = i16x8.sub(i16x8.splat(FULL), covers);
  return toBytes(i16x8.add(colours, i16x8.q15mulr_sat_s(scaled, uncovered)));
}

// @ts-ignore: decorator
@inline
function toBytes(mixed: v128): v128 {
  const rounded = i16x8.shr_u(i16x8.add(mixed, i16x8.splat(64)), 7);
  return i8x16.narrow_i16x8_u(rounded, rounded);
}
