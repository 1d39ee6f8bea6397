/**
 * Adds `factor` times one array to another: float32 [count], and up to three more behind it.
 */
export function addScaled(to: usize, from: usize, count: i32, factor: f32): void {
  const end = to + <usize>(4 * count);
  const factors = f32x4.splat(factor);
  for (; to < end; to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), factors)));
  }
}
