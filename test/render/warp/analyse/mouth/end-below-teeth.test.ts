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
});
