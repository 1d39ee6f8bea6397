import { describe, expect, it } from 'vitest';
import { BeyondEdges } from '../../../../src/render/warp/pixels/beyond-edges.ts';

const CELLS = 64;
type Shape = (x: number, y: number) => boolean;

/** Whether anything of a person of this shape is seen at a cell, inside the portrait or beyond its edges. */
function seen(shape: Shape): Shape {
  const presence = Uint8Array.from({ length: CELLS ** 2 }, (_, i) =>
    Number(shape(i % CELLS, Math.floor(i / CELLS))),
  );
  const edges = new BeyondEdges(presence, CELLS, CELLS);
  const cellOf = (value: number) => Math.floor(0.5 * (value + 1) * CELLS);
  return (x, y) => {
    const inside = x >= 0 && x < CELLS && y >= 0 && y < CELLS;
    if (inside) return shape(x, y);
    edges.locate((2 * (x + 0.5)) / CELLS - 1, (2 * (y + 0.5)) / CELLS - 1);
    const row = cellOf(edges.v);
    return row >= 0 && presence[row * CELLS + cellOf(edges.u)] === 1;
  };
}

/** First row from −`CELLS` on in which a column shows the person. */
function top(of: Shape, x: number): number {
  let y = -CELLS;
  while (y < 2 * CELLS && !of(x, y)) y++;
  return y;
}

describe('beyond the portrait', () => {
  it('lets shoulders fall on along their slope at the sides', () => {
    const outline = (x: number) => 32 - 0.5 * Math.min(x, CELLS - 1 - x);
    const body = seen((x, y) => y >= outline(x));
    for (const x of [-1, -3, -6, CELLS, CELLS + 5]) {
      expect(Math.abs(top(body, x) - outline(x))).toBeLessThanOrEqual(1.5);
    }
  });

  it('lets them go on outwards below the lower edge', () => {
    const leftOf = (y: number) => 10 + (CELLS - 1 - y);
    const body = seen((x, y) => x >= leftOf(y) && x < CELLS - leftOf(y));
    for (const y of [CELLS, CELLS + 2, CELLS + 4]) {
      const first = Array.from({ length: CELLS }, (_, x) => x).find((x) => body(x, y))!;
      expect(Math.abs(first - leftOf(y))).toBeLessThanOrEqual(1.5);
    }
  });

  it('closes a crown that is hardly cut off by the rest of its circle', () => {
    const [middle, radius] = [18, 20];
    const round: Shape = (x, y) => Math.hypot(x - 31.5, y - middle) < radius;
    const hair = seen(round);
    for (let y = -4; y < 0; y++) {
      for (let x = 0; x < CELLS; x++) {
        const distance = Math.hypot(x - 31.5, y - middle);
        if (distance > radius + 1.5) expect(hair(x, y)).toBe(false);
      }
    }
    expect(top(hair, 31)).toBeLessThan(0);
  });

  it('closes hair that is cut off in its full width by an arch', () => {
    const hair = seen((x) => x >= 20 && x < 44);
    expect(top(hair, 31)).toBeLessThan(-2);
    expect(top(hair, 31)).toBeGreaterThan(-0.1 * CELLS);
    expect(top(hair, 21)).toBeGreaterThan(top(hair, 31));
    for (const x of [19, 44]) expect(hair(x, -1)).toBe(false);
  });

  it('takes each of two tufts that join below the edge for itself', () => {
    const edgesOf = (hasRight: boolean) =>
      new BeyondEdges(
        Uint8Array.from({ length: CELLS ** 2 }, (_, i) => {
          const [x, y] = [i % CELLS, Math.floor(i / CELLS)];
          const left = x >= 10 && x < 24;
          const right = x >= 26 && x < 40;
          return Number(y < 1 ? left || (hasRight && right) : x >= 10 && x < 40);
        }),
        ...([CELLS, CELLS] as const),
      );
    const [both, alone] = [edgesOf(true), edgesOf(false)];
    // A cell and a fifth over the outermost ones.
    const up = -1 - 1.4 / CELLS;
    for (let x = 14; x < 20; x++) {
      const u = (2 * (x + 0.5)) / CELLS - 1;
      both.locate(u, up);
      alone.locate(u, up);
      expect(Math.abs(alone.v)).toBeLessThan(1);
      expect([both.u, both.v]).toEqual([alone.u, alone.v]);
    }
  });

  it('shows nobody where the edge cuts nobody off', () => {
    const island = seen((x, y) => Math.hypot(x - 32, y - 32) < 20);
    for (let k = 0; k < CELLS; k++) {
      for (const [x, y] of [
        [k, -1],
        [k, CELLS],
        [-1, k],
        [CELLS, k],
      ]) {
        expect(island(x, y)).toBe(false);
      }
    }
  });
});
