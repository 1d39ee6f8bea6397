import { describe, expect, it } from 'vitest';
import { SourceMap } from '../../src/render/rasterise-map.ts';

const CELLS = 64;

/** A sheet over the whole picture, moved down by `shift` of it. */
function moved(shift: number, presence: Uint8Array): SourceMap {
  const map = new SourceMap(CELLS, presence);
  const corners = [
    [-0.5, -0.5],
    [1.5, -0.5],
    [-0.5, 1.5],
    [1.5, 1.5],
  ];
  const positions = Float32Array.from(corners.flatMap(([x, y]) => [x, y + shift, 0]));
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

  it('never looks nearer to the edge than the outermost cell', () => {
    const map = moved(-0.1, new Uint8Array(CELLS * CELLS).fill(1));
    const limit = 1 - 1 / CELLS;
    for (const value of map.values) expect(Math.abs(value)).toBeLessThanOrEqual(limit + 1e-6);
  });
});
