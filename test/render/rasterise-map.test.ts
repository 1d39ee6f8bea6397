import { describe, expect, it } from 'vitest';
import { SourceMap } from '../../src/render/rasterise-map.ts';

const CELLS = 64;

/** A sheet over the whole picture, moved down and right by shares of it. */
function moved(down: number, presence: Uint8Array, right = 0): SourceMap {
  const map = new SourceMap(CELLS, presence);
  const corners = [
    [-0.5, -0.5],
    [1.5, -0.5],
    [-0.5, 1.5],
    [1.5, 1.5],
  ];
  const positions = Float32Array.from(corners.flatMap(([x, y]) => [x + right, y + down, 0]));
  map.draw(positions, Float32Array.from(corners.flat()), Uint16Array.of(0, 1, 2, 2, 1, 3));
  return map;
}

describe('SourceMap', () => {
  it('goes on above the upper edge with an arch over hair that is cut off, and nowhere else', () => {
    const presence = new Uint8Array(CELLS * CELLS);
    for (let y = 0; y < CELLS; y++) presence.fill(1, y * CELLS + 20, y * CELLS + 44);
    const map = moved(0.06, presence);
    const shown = (x: number) => {
      let rows = 0;
      // The sheet's upper edge has come down by four cells.
      for (let y = 0; y < 4; y++) if (Math.abs(map.values[CELLS * CELLS + y * CELLS + x]) <= 1) rows++;
      return rows;
    };
    expect(shown(31)).toBeGreaterThanOrEqual(3);
    expect(shown(20)).toBeLessThan(shown(31));
    expect(shown(43)).toBeLessThan(shown(31));
    expect([shown(5), shown(60)]).toEqual([0, 0]);
  });

  it('goes on with shoulders along their slope beyond the sides, where a mirror would raise them again', () => {
    const presence = new Uint8Array(CELLS * CELLS);
    // From the middle of the left side up to the right, half a row per column.
    const outline = (x: number) => 32 - x / 2;
    for (let y = 0; y < CELLS; y++) {
      for (let x = 0; x < CELLS; x++) if (y >= outline(x)) presence[y * CELLS + x] = 1;
    }
    const columns = 6;
    const map = moved(0, presence, columns / CELLS);
    const cellOf = (value: number) => Math.round(0.5 * (value + 1) * CELLS - 0.5);
    for (let x = 0; x < columns; x++) {
      const top = Array.from({ length: CELLS }, (_, y) => y).find((y) => {
        const i = y * CELLS + x;
        return presence[cellOf(map.values[CELLS * CELLS + i]) * CELLS + cellOf(map.values[i])];
      })!;
      expect(Math.abs(top - outline(x - columns))).toBeLessThanOrEqual(1);
    }
  });

  it('never looks nearer to the edge than the outermost cell', () => {
    const map = moved(-0.1, new Uint8Array(CELLS * CELLS).fill(1));
    const limit = 1 - 1 / CELLS;
    for (const value of map.values) expect(Math.abs(value)).toBeLessThanOrEqual(limit + 1e-6);
  });
});
