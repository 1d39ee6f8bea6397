/**
 * The pixel pass in AssemblyScript, compiled to WebAssembly SIMD by `npm run build:simd`. All planes are bytes of one
 * memory; `cells` is the side of the map, half the side of the picture. A cell is drawn where the person is
 * present in the still portrait or in what is shown there now.
 */

/**
 * @param map source x then y in −1..1: float32 [2·cells·cells]
 * @param presence 1 where the portrait shows something of the person: uint8 [cells·cells]
 * @param texture matte·Y, matte (0..255): uint8 [size·size·2]
 * @param background Y: uint8 [size·size]
 * @param picture Y: uint8 [size·size]
 * @param matte luma of the matte: uint8 [size·size]; not drawn where it is 0
 */
export function drawLuma(
  cells: i32,
  map: usize,
  presence: usize,
  texture: usize,
  background: usize,
  picture: usize,
  matte: usize,
): void {
  const size = 2 * cells;
  const row: usize = 4 * cells;
  const texels: usize = 2 * size;
  const last = f32x4.splat(<f32>size - 1.0001);
  const beyond = f32x4.splat(<f32>size);
  for (let y = 0; y < cells; y++) {
    const above = y > 0 ? row : 0;
    const below = y < cells - 1 ? row : 0;
    for (let x = 0; x < cells; x++) {
      const i = y * cells + x;
      const u = map + 4 * i;
      const v = u + row * cells;
      if (!shows(presence, cells, i, load<f32>(u), load<f32>(v))) continue;
      const west: usize = x > 0 ? 4 : 0;
      const east: usize = x < cells - 1 ? 4 : 0;
      let sx = texel(quarters(u, west, east, above, below), size);
      let sy = texel(quarters(v, west, east, above, below), size);
      const inside = v128.and(within(sx, beyond), within(sy, beyond));
      sx = f32x4.max(f32x4.splat(0), f32x4.min(last, sx));
      sy = f32x4.max(f32x4.splat(0), f32x4.min(last, sy));
      const x0 = i32x4.trunc_sat_f32x4_s(sx);
      const y0 = i32x4.trunc_sat_f32x4_s(sy);
      const fx = f32x4.sub(sx, f32x4.convert_i32x4_s(x0));
      const fy = f32x4.sub(sy, f32x4.convert_i32x4_s(y0));
      const at = i32x4.shl(i32x4.add(i32x4.mul(y0, i32x4.splat(size)), x0), 1);
      const a = texture + i32x4.extract_lane(at, 0);
      const b = texture + i32x4.extract_lane(at, 1);
      const c = texture + i32x4.extract_lane(at, 2);
      const d = texture + i32x4.extract_lane(at, 3);
      // Each word holds two texels side by side: colour, matte, colour, matte.
      const upper = words(a, b, c, d);
      const lower = words(a + texels, b + texels, c + texels, d + texels);
      let colour = mix(
        mix(byte(upper, 0), byte(upper, 16), fx),
        mix(byte(lower, 0), byte(lower, 16), fx),
        fy,
      );
      let cover = mix(
        mix(byte(upper, 8), byte(upper, 24), fx),
        mix(byte(lower, 8), byte(lower, 24), fx),
        fy,
      );
      colour = v128.and(colour, inside);
      cover = f32x4.mul(v128.and(cover, inside), f32x4.splat(1.0 / 255));
      const o: usize = 2 * y * size + 2 * x;
      const behind = f32x4.mul(f32x4.sub(f32x4.splat(1), cover), pixels(background + o, size));
      putPixels(picture + o, size, f32x4.add(colour, behind));
      // Black is 16, white 235.
      if (matte) putPixels(matte + o, size, f32x4.add(f32x4.mul(cover, f32x4.splat(219)), f32x4.splat(16)));
    }
  }
}

/**
 * @param texture matte·U, matte·V, matte (0..255), nothing: uint8 [cells·cells·4]
 * @param background U then V: uint8 [2·cells·cells]
 * @param picture U then V: uint8 [2·cells·cells]
 */
export function drawChroma(
  cells: i32,
  map: usize,
  presence: usize,
  texture: usize,
  background: usize,
  picture: usize,
): void {
  const plane: usize = cells * cells;
  const texels: usize = 4 * cells;
  const last: f32 = <f32>cells - 1.0001;
  const scale: f32 = 0.5 * <f32>cells;
  for (let i: usize = 0; i < plane; i++) {
    const u = load<f32>(map + 4 * i);
    const v = load<f32>(map + 4 * (plane + i));
    if (!shows(presence, cells, i, u, v)) continue;
    let sx: f32 = scale * (u + 1) - 0.5;
    let sy: f32 = scale * (v + 1) - 0.5;
    let texelSum = f32x4.splat(0);
    if (sx > -1 && sy > -1 && sx < <f32>cells && sy < <f32>cells) {
      sx = max<f32>(0, min<f32>(last, sx));
      sy = max<f32>(0, min<f32>(last, sy));
      const x0 = <i32>sx;
      const y0 = <i32>sy;
      const fx = f32x4.splat(sx - <f32>x0);
      const at = texture + 4 * (y0 * cells + x0);
      const upper = i16x8.extend_low_i8x16_u(v128.load64_zero(at));
      const lower = i16x8.extend_low_i8x16_u(v128.load64_zero(at + texels));
      texelSum = mix(beside(upper, fx), beside(lower, fx), f32x4.splat(sy - <f32>y0));
    }
    const uncovered: f32 = 1 - f32x4.extract_lane(texelSum, 2) * <f32>(1.0 / 255);
    putByte(picture + i, f32x4.extract_lane(texelSum, 0) + uncovered * <f32>load<u8>(background + i));
    putByte(
      picture + plane + i,
      f32x4.extract_lane(texelSum, 1) + uncovered * <f32>load<u8>(background + plane + i),
    );
  }
}

// @ts-ignore: decorator
@inline
function shows(presence: usize, cells: i32, cell: usize, u: f32, v: f32): bool {
  if (load<u8>(presence + cell)) return true;
  const half: f32 = 0.5 * <f32>cells;
  const x = <i32>(half * (u + 1));
  const y = <i32>(half * (v + 1));
  return x >= 0 && y >= 0 && x < cells && y < cells && load<u8>(presence + y * cells + x) != 0;
}

/** The map at the four pixels of a cell, which lie a quarter of the way to its neighbours. */
// @ts-ignore: decorator
@inline
function quarters(cell: usize, west: usize, east: usize, above: usize, below: usize): v128 {
  const w = f32x4.splat(load<f32>(cell - west));
  const e = f32x4.splat(load<f32>(cell + east));
  const n = f32x4.splat(load<f32>(cell - above));
  const s = f32x4.splat(load<f32>(cell + below));
  const neighbours = f32x4.add(v128.shuffle<f32>(w, e, 0, 4, 0, 4), v128.shuffle<f32>(n, s, 0, 1, 4, 5));
  const own = f32x4.splat(load<f32>(cell));
  return f32x4.add(f32x4.mul(f32x4.splat(0.5), own), f32x4.mul(f32x4.splat(0.25), neighbours));
}

/** From −1..1 to texels: texel i has its centre at i + ½. */
// @ts-ignore: decorator
@inline
function texel(place: v128, size: i32): v128 {
  const half = f32x4.splat(0.5 * <f32>size);
  return f32x4.add(f32x4.mul(half, place), f32x4.sub(half, f32x4.splat(0.5)));
}

// @ts-ignore: decorator
@inline
function within(place: v128, beyond: v128): v128 {
  return v128.and(f32x4.gt(place, f32x4.splat(-1)), f32x4.lt(place, beyond));
}

// @ts-ignore: decorator
@inline
function words(a: usize, b: usize, c: usize, d: usize): v128 {
  let result = v128.load32_zero(a);
  result = v128.load_lane<u32>(b, result, 1);
  result = v128.load_lane<u32>(c, result, 2);
  return v128.load_lane<u32>(d, result, 3);
}

// @ts-ignore: decorator
@inline
function byte(words: v128, shift: i32): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(words, shift), i32x4.splat(255)));
}

/** Two texels of four channels side by side, as one. */
// @ts-ignore: decorator
@inline
function beside(texels: v128, right: v128): v128 {
  return mix(
    f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(texels)),
    f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(texels)),
    right,
  );
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(share, f32x4.sub(b, a)));
}

/** The 2×2 pixels of a cell. */
// @ts-ignore: decorator
@inline
function pixels(at: usize, size: i32): v128 {
  const both = v128.load_lane<u16>(at + size, v128.load_lane<u16>(at, i32x4.splat(0), 0), 1);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(both)));
}

// @ts-ignore: decorator
@inline
function putPixels(at: usize, size: i32, values: v128): void {
  const rounded = i32x4.trunc_sat_f32x4_s(f32x4.add(values, f32x4.splat(0.5)));
  const shorts = i16x8.narrow_i32x4_u(rounded, rounded);
  const bytes = i8x16.narrow_i16x8_u(shorts, shorts);
  v128.store_lane<u16>(at, bytes, 0);
  v128.store_lane<u16>(at + size, bytes, 1);
}

// @ts-ignore: decorator
@inline
function putByte(at: usize, value: f32): void {
  store<u8>(at, <u8>(<i32>(value + <f32>0.5)));
}
