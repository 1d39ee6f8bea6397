import { describe, expect, it } from 'vitest';
import { endBelowTeeth } from '../../../../../src/render/warp/analyse/mouth/end-below-teeth.ts';

const SIDE = 64;
const TOOTH = [230, 128, 128];

describe('endBelowTeeth', () => {
  /** Opacity at 0.4 and 0.8 of the height, where teeth end and a lip in the shade begins at 0.6. */
  const opacities = (lips: readonly [number, number, number], inShade: readonly number[]) => {
    const isLip = (texel: number) => Math.floor(texel / SIDE) > 0.6 * SIDE;
    const planes = [0, 1, 2].map((c) =>
      Float32Array.from({ length: SIDE ** 2 }, (_, i) => (isLip(i) ? inShade : TOOTH)[c]),
    );
    const opacity = endBelowTeeth([...planes, new Float32Array(SIDE ** 2).fill(255)], SIDE, lips)[3];
    return [0.4, 0.8].map((down) => opacity[Math.floor(down * SIDE) * SIDE + SIDE / 2]);
  };

  it('leaves what lies below the teeth to the lips', () => {
    expect(opacities([116, 118, 158], [66, 123, 143])).toEqual([255, 0]);
  });

  it('does not guess where colour tells nothing', () => {
    expect(opacities([116, 128, 128], [66, 128, 128])).toEqual([255, 255]);
  });

  /** Rows of upper teeth from the 20th down, which end where `end` says of a column; below is dark. */
  const rowOfTeeth = (end: (column: number) => number) => {
    const isTooth = (i: number) => {
      const row = Math.floor(i / SIDE);
      return row >= 20 && row < end(i % SIDE);
    };
    const planes = [0, 1, 2].map((c) =>
      Float32Array.from({ length: SIDE ** 2 }, (_, i) => (isTooth(i) ? TOOTH : [40, 124, 136])[c]),
    );
    const opacity = endBelowTeeth(
      [...planes, new Float32Array(SIDE ** 2).fill(255)],
      SIDE,
      [116, 118, 158],
    )[3];
    return (column: number, row: number) => opacity[row * SIDE + column];
  };

  it('ends them along one curve, whatever single columns say', () => {
    const arch = (column: number) => 40 - ((column - 32) / 12) ** 2;
    const opacity = rowOfTeeth((column) => (column % 9 === 0 ? 58 : arch(column)));
    for (const column of [9, 18, 27, 36, 45]) {
      expect(opacity(column, Math.floor(arch(column)) - 3)).toBe(255);
      expect(opacity(column, Math.ceil(arch(column)) + 3)).toBe(0);
    }
  });

  it('takes no dark of the corners along', () => {
    const opacity = rowOfTeeth((column) => (column < 12 ? 0 : 40));
    expect(opacity(4, 30)).toBe(0);
    expect(opacity(30, 30)).toBe(255);
  });
});
