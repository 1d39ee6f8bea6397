/**
 * The same sizes, each once, smallest and largest in front: TensorRT rebuilds an engine when a size leaves the range
 * it was built for, so that after the first two nothing is built any more.
 */
export function outermostFirst(sizes: readonly number[]): number[] {
  const sorted = sizes.toSorted((a, b) => a - b);
  return [...new Set([...sorted.slice(0, 1), ...sorted.slice(-1), ...sorted])];
}
