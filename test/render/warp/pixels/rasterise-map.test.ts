import { describe, expect, it } from 'vitest';
import type { SourceMap } from '../../../../src/render/warp/pixels/rasterise-map.ts';
import { wholeMap } from './support.ts';

const CELLS = 64;

/** A sheet over the whole picture, moved down by a share of it. */
function moved(down: number, presence: Uint8Array): SourceMap {
  const map = wholeMap(CELLS, presence);
  const corners = [
    [-0.5, -0.5],
    [1.5, -0.5],
    [-0.5, 1.5],
    [1.5, 1.5],
  ];
  const positions = Float32Array.from(corners.flatMap(([x, y]) => [x, y + down, 0]));
  map.draw(positions, Float32Array.from(corners.flat()), Uint16Array.of(0, 1, 2, 2, 1, 3));
  return map;
}

describe('SourceMap', () => {
  it('looks straight at what a sheet that has not moved shows', () => {
    const { values } = moved(0, new Uint8Array(CELLS * CELLS));
    for (const [x, y] of [
      [5, 9],
      [40, 63],
    ]) {
      expect(values[y * CELLS + x]).toBeCloseTo((2 * (x + 0.5)) / CELLS - 1, 5);
      expect(values[CELLS * CELLS + y * CELLS + x]).toBeCloseTo((2 * (y + 0.5)) / CELLS - 1, 5);
    }
  });

  it('never looks nearer to the edge than the outermost cell', () => {
    const map = moved(-0.1, new Uint8Array(CELLS * CELLS).fill(1));
    const limit = 1 - 1 / CELLS;
    for (const value of map.values) expect(Math.abs(value)).toBeLessThanOrEqual(limit + 1e-6);
  });
});
