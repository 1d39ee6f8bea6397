import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../../src/random.ts';
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

  it('leaves no gap between triangles that share an edge', () => {
    const map = wholeMap(CELLS, new Uint8Array(CELLS * CELLS));
    const random = randomNumbers(3);
    const side = 20;
    const positions: number[] = [];
    const triangles: number[] = [];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const jitter = () => 0.4 * (random() - 0.5);
        positions.push((x - 0.5 + jitter()) / (side - 2), (y - 0.5 + jitter()) / (side - 2), 0);
        if (x === side - 1 || y === side - 1) continue;
        const corner = y * side + x;
        triangles.push(corner, corner + 1, corner + side, corner + side, corner + 1, corner + side + 1);
      }
    }
    const source = new Float32Array(2 * side * side).fill(0.75);
    map.draw(Float32Array.from(positions), source, Uint16Array.from(triangles));
    expect(map.values.every((value) => Math.abs(value - 0.5) < 1e-4)).toBe(true);
  });

  it('shows what is nearest, in whatever order it is drawn', () => {
    const triangle = (at: number, depth: number) => [at, 0, depth, 1, 0, depth, at, 1, depth];
    const positions = Float32Array.from([...triangle(0, 1), ...triangle(0, 2), ...triangle(0, 0)]);
    const source = Float32Array.from([0.2, 0.5, 0.6].flatMap((place) => new Array<number>(6).fill(place)));
    const map = wholeMap(CELLS, new Uint8Array(CELLS * CELLS));
    map.draw(positions, source, Uint16Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    expect(map.values[10 * CELLS + 10]).toBeCloseTo(0, 5);
    map.draw(positions, source, Uint16Array.of(0, 1, 2, 6, 7, 8));
    expect(map.values[10 * CELLS + 10]).toBeCloseTo(2 * 0.2 - 1, 5);
    expect(map.values[60 * CELLS + 60]).toBeCloseTo((2 * 60.5) / CELLS - 1, 5);
  });
});
