import { createI420, type I420 } from '../../src/image/i420.ts';

/** The picture in another size, bilinear, centre on centre: another way than the one that is tested. */
export function scaledPicture(source: I420, width: number, height: number): I420 {
  const target = createI420(width, height);
  let [from, to] = [0, 0];
  for (const shift of [0, 1, 1]) {
    const [sourceWidth, sourceHeight] = [source.width >> shift, source.height >> shift];
    const [targetWidth, targetHeight] = [width >> shift, height >> shift];
    const columns = neighbours(sourceWidth, targetWidth);
    for (const [y, row] of neighbours(sourceHeight, targetHeight).entries()) {
      const at = (x: number, line: number) => source.data[from + line * sourceWidth + x];
      for (const [x, column] of columns.entries()) {
        const above = at(column.low, row.low) * (1 - column.share) + at(column.high, row.low) * column.share;
        const below =
          at(column.low, row.high) * (1 - column.share) + at(column.high, row.high) * column.share;
        target.data[to + y * targetWidth + x] = Math.round(above * (1 - row.share) + below * row.share);
      }
    }
    from += sourceWidth * sourceHeight;
    to += targetWidth * targetHeight;
  }
  return target;
}

/** For each target pixel the two source pixels around it, and the share of the higher one. */
function neighbours(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(centre);
    return { low, high: Math.min(from - 1, low + 1), share: centre - low };
  });
}
