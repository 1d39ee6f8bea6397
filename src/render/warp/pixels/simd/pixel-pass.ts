/**
 * The pixel pass: what the cells of a map show, four in a row at a time, where the person is present in one of them, in
 * the still portrait or now. Cells are 2×2 pixels; `columns` is a multiple of 4.
 */
import { chroma, kept, near, placeRow, shares, texel, texelOfChroma, within } from './places';
import { apart, FULL, inTurn, matteLuma, over, sample, toBytes } from './planes';

/** A texel of chroma shows something of the person; and nothing else, nor do those that `near` may look at. */
const PRESENT: u32 = 1;
const SOLID: u32 = 2;

/** The person: `across` × `down` texels of luma and matte, a quarter of them of chroma and its matte. */
let across: i32;
let down: i32;
let luma: usize;
let matte: usize;
let chromaU: usize;
let chromaV: usize;
let chromaMatte: usize;
/** `PRESENT` and `SOLID`, with a texel of neither on each side: uint8 [down/2 + 2, across/2 + 2]. */
let kinds: usize;

/** What is drawn from now on: planes of bytes, colours premultiplied by the matte. */
export function setPerson(
  texelsAcross: i32,
  texelsDown: i32,
  lumaPlane: usize,
  mattePlane: usize,
  uPlane: usize,
  vPlane: usize,
  chromaMattePlane: usize,
  kindsPlane: usize,
): void {
  across = texelsAcross;
  down = texelsDown;
  luma = lumaPlane;
  matte = mattePlane;
  chromaU = uPlane;
  chromaV = vPlane;
  chromaMatte = chromaMattePlane;
  kinds = kindsPlane;
}

/**
 * @param map source x then y in −1..1: float32 [2·rows·columns]
 * @param places room for those of three rows: int32 [6·(columns + 8)]
 * @param still 1 for each cell in which the still portrait shows something of the person: uint8 [rows·columns]
 * @param background I420: uint8 [6·rows·columns]
 * @param picture I420: uint8 [6·rows·columns]
 * @param matteShown luma of the matte: uint8 [4·rows·columns]; not drawn where it is 0
 */
export function drawPicture(
  columns: i32,
  rows: i32,
  map: usize,
  places: usize,
  still: usize,
  background: usize,
  picture: usize,
  matteShown: usize,
): void {
  const line = <usize>(4 * columns);
  const plane = line * rows;
  // Each has its x, and behind them its y.
  const size = (line + 32) << 1;
  let north = places + 16;
  let own = north + size;
  let south = own + size;
  placeCells(map, plane, columns, own);
  for (let y = 0; y < rows; y++) {
    if (y < rows - 1) placeCells(map + line * (y + 1), plane, columns, south);
    drawRow(columns, rows, y, y > 0 ? north : own, own, y < rows - 1 ? south : own, still, background, picture, matteShown);
    const former = north;
    north = own;
    own = south;
    south = former;
  }
}

// @ts-ignore: decorator
@inline
function placeCells(map: usize, plane: usize, columns: i32, places: usize): void {
  placeRow(map, columns, across, places);
  placeRow(map + plane, columns, down, places + behind(columns));
}

/** From the x of a row's cells to their y. */
// @ts-ignore: decorator
@inline
function behind(columns: i32): usize {
  return <usize>(4 * columns) + 32;
}

function drawRow(
  columns: i32,
  rows: i32,
  y: i32,
  north: usize,
  own: usize,
  south: usize,
  still: usize,
  background: usize,
  picture: usize,
  matteShown: usize,
): void {
  const width = 2 * columns;
  const toY = behind(columns);
  for (let x = 0; x < columns; x += 4) {
    const at = <usize>(4 * x);
    const u = v128.load(own + at);
    const v = v128.load(own + toY + at);
    const cell = y * columns + x;
    const kind = kindOf(texelOfChroma(u), texelOfChroma(v));
    if (!((kind & PRESENT) | load<u32>(still + cell))) continue;
    const westU = v128.load(own + at - 4);
    const westV = v128.load(own + toY + at - 4);
    const eastU = v128.load(own + at + 4);
    const eastV = v128.load(own + toY + at + 4);
    const northU = v128.load(north + at);
    const northV = v128.load(north + toY + at);
    const southU = v128.load(south + at);
    const southV = v128.load(south + toY + at);
    const solid =
      (kind & SOLID) != 0 &&
      near(u, westU, eastU, northU, southU) &&
      near(v, westV, eastV, northV, southV);
    const middleU = i32x4.add(u, u);
    const middleV = i32x4.add(v, v);
    const upperU = i32x4.add(middleU, northU);
    const upperV = i32x4.add(middleV, northV);
    const lowerU = i32x4.add(middleU, southU);
    const lowerV = i32x4.add(middleV, southV);
    const upper = <usize>(2 * (y * width + x));
    const lower = upper + width;
    drawLuma(
      solid,
      i32x4.add(upperU, westU),
      i32x4.add(upperV, westV),
      i32x4.add(upperU, eastU),
      i32x4.add(upperV, eastV),
      background + upper,
      picture + upper,
      matteShown ? matteShown + upper : 0,
    );
    drawLuma(
      solid,
      i32x4.add(lowerU, westU),
      i32x4.add(lowerV, westV),
      i32x4.add(lowerU, eastU),
      i32x4.add(lowerV, eastV),
      background + lower,
      picture + lower,
      matteShown ? matteShown + lower : 0,
    );
    const plane = columns * rows;
    const toChroma = <usize>(4 * plane + cell);
    drawChroma(solid, chroma(u), chroma(v), background + toChroma, picture + toChroma, plane);
  }
}

/** What one of four texels of chroma, and what all of them show. */
// @ts-ignore: decorator
@inline
function kindOf(x: v128, y: v128): u32 {
  const columns = (across >> 1) + 2;
  const column = i32x4.max_s(i32x4.splat(0), i32x4.min_s(i32x4.add(x, i32x4.splat(1)), i32x4.splat(columns - 1)));
  const row = i32x4.max_s(i32x4.splat(0), i32x4.min_s(i32x4.add(y, i32x4.splat(1)), i32x4.splat((down >> 1) + 1)));
  const at = i32x4.add(i32x4.mul(row, i32x4.splat(columns)), column);
  const a = <u32>load<u8>(kinds + i32x4.extract_lane(at, 0));
  const b = <u32>load<u8>(kinds + i32x4.extract_lane(at, 1));
  const c = <u32>load<u8>(kinds + i32x4.extract_lane(at, 2));
  const d = <u32>load<u8>(kinds + i32x4.extract_lane(at, 3));
  return ((a | b | c | d) & PRESENT) | (a & b & c & d & SOLID);
}

/** Eight pixels in a row: those on the left and those on the right of four cells. */
function drawLuma(
  solid: bool,
  leftU: v128,
  leftV: v128,
  rightU: v128,
  rightV: v128,
  background: usize,
  picture: usize,
  matteShown: usize,
): void {
  if (solid) {
    const left = texel(leftU, leftV, across);
    const right = texel(rightU, rightV, across);
    const colours = sample(luma, luma, across, left, right, shares(leftU, rightU), shares(leftV, rightV));
    v128.store64_lane(picture, inTurn(toBytes(colours)), 0);
    if (matteShown) v128.store64_lane(matteShown, toBytes(matteLuma(i16x8.splat(FULL))), 0);
    return;
  }
  const inLeft = v128.and(within(leftU, across), within(leftV, down));
  const inRight = v128.and(within(rightU, across), within(rightV, down));
  const inside = i16x8.narrow_i32x4_s(inLeft, inRight);
  const lu = kept(leftU, across);
  const lv = kept(leftV, down);
  const ru = kept(rightU, across);
  const rv = kept(rightV, down);
  const left = texel(lu, lv, across);
  const right = texel(ru, rv, across);
  const fx = shares(lu, ru);
  const fy = shares(lv, rv);
  const colours = v128.and(inside, sample(luma, luma, across, left, right, fx, fy));
  const covers = v128.and(inside, sample(matte, matte, across, left, right, fx, fy));
  v128.store64_lane(picture, inTurn(toBytes(over(colours, covers, apart(v128.load64_zero(background))))), 0);
  if (matteShown) v128.store64_lane(matteShown, inTurn(toBytes(matteLuma(covers))), 0);
}

/** U and V of four cells. `plane`: from U to V. */
function drawChroma(solid: bool, x: v128, y: v128, background: usize, picture: usize, plane: usize): void {
  const columns = across >> 1;
  const rows = down >> 1;
  const keptX = kept(x, columns);
  const keptY = kept(y, rows);
  const at = texel(keptX, keptY, columns);
  const fx = shares(keptX, keptX);
  const fy = shares(keptY, keptY);
  let colours = sample(chromaU, chromaV, columns, at, at, fx, fy);
  if (!solid) {
    const inFour = v128.and(within(x, columns), within(y, rows));
    const inside = i16x8.narrow_i32x4_s(inFour, inFour);
    const covers = v128.and(inside, sample(chromaMatte, chromaMatte, columns, at, at, fx, fy));
    const behind = v128.load32_lane(background + plane, v128.load32_zero(background), 1);
    colours = over(v128.and(inside, colours), covers, behind);
  }
  const bytes = toBytes(colours);
  v128.store32_lane(picture, bytes, 0);
  v128.store32_lane(picture + plane, bytes, 1);
}
