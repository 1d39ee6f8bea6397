/**
 * All combinations of the sizes of several dimensions, each once, smallest and largest in front: TensorRT rebuilds an
 * engine when a size leaves the range it was built for, so that after the first two nothing is built any more.
 */
export function outermostFirst<Dimensions extends readonly (readonly number[])[]>(
  ...dimensions: Dimensions
): { [D in keyof Dimensions]: number }[] {
  type Sizes = { [D in keyof Dimensions]: number };
  const combinations = dimensions.reduce<number[][]>(
    (all, sizes) => all.flatMap((one) => sizes.toSorted((a, b) => a - b).map((size) => [...one, size])),
    [[]],
  ) as Sizes[];
  return [...new Set([...combinations.slice(0, 1), ...combinations.slice(-1), ...combinations])];
}
