/**
 * A mesh with depth test, drawn into a map of source coordinates: for each cell, where in the texture to look. Maps are
 * float32 [2·rows·columns], x then y in −1..1, `columns` a multiple of 4. Maps and depths are written up to 12 bytes
 * beyond their ends, with what was there.
 */

/** Cells on an edge belong to both of its triangles, however that is rounded. */
const ON_EDGE: f32 = 1e-4;
const FLAT: f32 = 1e-7;
/** Depth where nothing is shown. */
const NOTHING: f32 = -Infinity;

/**
 * @param positions x and y in cells, whole numbers in their middles, and depth: float32 [vertices·3]
 * @param source where each vertex looks: float32 [vertices·2]
 * @param triangles three vertices each: uint16 [3·count]
 * @param depth of what is shown, filled: float32 [rows·columns]
 */
export function drawTriangles(
  columns: i32,
  rows: i32,
  positions: usize,
  source: usize,
  triangles: usize,
  count: i32,
  depth: usize,
  map: usize,
): void {
  const end = depth + <usize>(4 * rows * columns);
  for (let at = depth; at < end; at += 16) v128.store(at, f32x4.splat(NOTHING));
  for (let i = 0; i < count; i++) {
    const corners = triangles + 6 * <usize>i;
    drawTriangle(
      columns,
      rows,
      positions,
      source,
      <usize>load<u16>(corners),
      <usize>load<u16>(corners, 2),
      <usize>load<u16>(corners, 4),
      depth,
      map,
    );
  }
}

/** `a`, `b`, `c`: vertices. */
// @ts-ignore: decorator
@inline
function drawTriangle(
  columns: i32,
  rows: i32,
  positions: usize,
  source: usize,
  a: usize,
  b: usize,
  c: usize,
  depth: usize,
  map: usize,
): void {
  // From the uppermost one down.
  let swapped = a;
  if (load<f32>(positions + 12 * b, 4) < load<f32>(positions + 12 * a, 4)) {
    a = b;
    b = swapped;
  }
  if (load<f32>(positions + 12 * c, 4) < load<f32>(positions + 12 * a, 4)) {
    swapped = a;
    a = c;
    c = swapped;
  }
  if (load<f32>(positions + 12 * c, 4) < load<f32>(positions + 12 * b, 4)) {
    swapped = b;
    b = c;
    c = swapped;
  }
  const pa = positions + 12 * a;
  const pb = positions + 12 * b;
  const pc = positions + 12 * c;
  const ax = load<f32>(pa);
  const ay = load<f32>(pa, 4);
  const bx = load<f32>(pb) - ax;
  const by = load<f32>(pb, 4) - ay;
  const cx = load<f32>(pc) - ax;
  const cy = load<f32>(pc, 4) - ay;
  const area = bx * cy - cx * by;
  if (abs(area) < FLAT) return;
  const top = atLeast(0, <i32>ceil(ay));
  const bottom = atMost(rows - 1, <i32>floor(ay + cy));
  if (top > bottom) return;
  // Where rows cross the edges.
  const along = cx / cy;
  const above = by > 0 ? bx / by : 0;
  const below = cy > by ? (cx - bx) / (cy - by) : 0;
  const inverse = <f32>1 / area;
  // The corners' shares in a cell are linear in its place.
  const bPerX = cy * inverse;
  const bPerY = -cx * inverse;
  const cPerX = -by * inverse;
  const cPerY = bx * inverse;
  const za = load<f32>(pa, 8);
  const zb = load<f32>(pb, 8) - za;
  const zc = load<f32>(pc, 8) - za;
  const sa = source + 8 * a;
  const sb = source + 8 * b;
  const sc = source + 8 * c;
  const ua = load<f32>(sa);
  const ub = load<f32>(sb) - ua;
  const uc = load<f32>(sc) - ua;
  const va = load<f32>(sa, 4);
  const vb = load<f32>(sb, 4) - va;
  const vc = load<f32>(sc, 4) - va;
  const uPerX = ub * bPerX + uc * cPerX;
  const vPerX = vb * bPerX + vc * cPerX;
  const zPerX = zb * bPerX + zc * cPerX;
  const plane = <usize>(4 * rows * columns);
  for (let y = top; y <= bottom; y++) {
    const dy = <f32>y - ay;
    const one = dy * along;
    const other = dy < by ? dy * above : bx + (dy - by) * below;
    const isFirst = area > 0;
    const from = atLeast(0, <i32>ceil(ax + (isFirst ? one : other) - ON_EDGE));
    const to = atMost(columns - 1, <i32>floor(ax + (isFirst ? other : one) + ON_EDGE));
    if (from > to) continue;
    const dx = <f32>from - ax;
    const shareB = dx * bPerX + dy * bPerY;
    const shareC = dx * cPerX + dy * cPerY;
    let u = four(ua + shareB * ub + shareC * uc, uPerX);
    let v = four(va + shareB * vb + shareC * vc, vPerX);
    let z = four(za + shareB * zb + shareC * zc, zPerX);
    let at = <usize>(4 * (y * columns + from));
    for (let missing = to - from + 1; missing > 0; missing -= 4) {
      const shown = v128.load(depth + at);
      const within = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(missing));
      const nearer = v128.and(f32x4.gt(z, shown), within);
      v128.store(depth + at, v128.bitselect(z, shown, nearer));
      const atU = map + at;
      v128.store(atU, v128.bitselect(u, v128.load(atU), nearer));
      const atV = atU + plane;
      v128.store(atV, v128.bitselect(v, v128.load(atV), nearer));
      u = f32x4.add(u, f32x4.splat(4 * uPerX));
      v = f32x4.add(v, f32x4.splat(4 * vPerX));
      z = f32x4.add(z, f32x4.splat(4 * zPerX));
      at += 16;
    }
  }
}

// @ts-ignore: decorator
@inline
function atLeast(least: i32, value: i32): i32 {
  return value > least ? value : least;
}

// @ts-ignore: decorator
@inline
function atMost(most: i32, value: i32): i32 {
  return value < most ? value : most;
}

/** A value in four cells, from the first one's on. */
// @ts-ignore: decorator
@inline
function four(value: f32, perX: f32): v128 {
  return f32x4.add(f32x4.splat(value), f32x4.mul(f32x4.splat(perX), f32x4(0, 1, 2, 3)));
}

/**
 * Fills cells that show nothing with their own place, and lists those that look beyond the texture's edges.
 * @param own the map in which nothing has moved
 * @param limitU looks farther from the middle are beyond
 * @param beyond filled with indices of cells: uint32 [up to rows·columns]
 * @returns how many
 */
export function finishMap(
  columns: i32,
  rows: i32,
  depth: usize,
  map: usize,
  own: usize,
  limitU: f32,
  limitV: f32,
  beyond: usize,
): i32 {
  const plane = <usize>(4 * rows * columns);
  let to = beyond;
  for (let at: usize = 0; at < plane; at += 16) {
    const empty = f32x4.eq(v128.load(depth + at), f32x4.splat(NOTHING));
    const atU = map + at;
    const atV = atU + plane;
    let u = v128.load(atU);
    let v = v128.load(atV);
    if (v128.any_true(empty)) {
      u = v128.bitselect(v128.load(own + at), u, empty);
      v = v128.bitselect(v128.load(own + plane + at), v, empty);
      v128.store(atU, u);
      v128.store(atV, v);
    }
    const past = v128.or(
      f32x4.gt(f32x4.abs(u), f32x4.splat(limitU)),
      f32x4.gt(f32x4.abs(v), f32x4.splat(limitV)),
    );
    let lanes = i32x4.bitmask(v128.andnot(past, empty));
    for (; lanes != 0; lanes &= lanes - 1) {
      store<u32>(to, <u32>(at >> 2) + ctz(lanes));
      to += 4;
    }
  }
  return <i32>((to - beyond) >> 2);
}
