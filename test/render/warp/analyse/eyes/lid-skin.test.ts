import { describe, expect, it } from 'vitest';
import type { EyePatch } from '../../../../../src/render/warp/analyse/eyes/iris-fit.ts';
import { lidSkin } from '../../../../../src/render/warp/analyse/eyes/lid-skin.ts';

const SIZE = 64;
const SKIN = [160, 110, 152] as const;
const SHADED = [112, 115, 146] as const;
const LASH = [30, 126, 130] as const;
const WHITE = [210, 126, 128] as const;

type Paint = (x: number, y: number) => readonly number[];

/** An eye of 40 × 16 texels in the middle of a patch that `paint` colours around it. */
function drawPatch(paint: Paint): EyePatch {
  const planes = [0, 1, 2].map(() => new Float32Array(SIZE * SIZE));
  const around = new Float32Array(SIZE * SIZE);
  for (let i = 0; i < around.length; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const distance = Math.hypot((x - 31.5) / 20, (y - 31.5) / 8);
    around[i] = distance > 1.3 ? 1 : 0;
    const colour = distance < 1 ? WHITE : paint(x, y);
    planes.forEach((plane, c) => {
      plane[i] = colour[c];
    });
  }
  const iris = { x: 32, y: 32, radius: 8 };
  return {
    origin: [0, 0],
    extent: 1,
    size: SIZE,
    planes,
    inside: around,
    visible: around,
    around,
    width: 0.63,
    iris,
    upperLid: [],
  };
}

function middleOf(planes: Float32Array[]): number[] {
  return planes.map((plane) => plane[32 * SIZE + 32]);
}

describe('lidSkin', () => {
  it('goes on with the skin around the eye, whatever lashes and brows lie on it', () => {
    const patch = drawPatch((x, y) => (y < 8 || (y < 26 && x % 5 === 0) ? LASH : SKIN));
    middleOf(lidSkin(patch, SKIN, false)).forEach((value, c) => {
      expect(Math.abs(value - SKIN[c])).toBeLessThan(4);
    });
  });

  it('takes the shade of an eye that lies in shadow', () => {
    const [luma] = middleOf(
      lidSkin(
        drawPatch(() => SHADED),
        SKIN,
        false,
      ),
    );
    expect(Math.abs(luma - SHADED[0])).toBeLessThan(4);
  });

  it("has the face's own colour where hair hides all around the eye", () => {
    const planes = lidSkin(
      drawPatch(() => LASH),
      SKIN,
      false,
    );
    expect(middleOf(planes)).toEqual([...SKIN]);
  });

  it('is of one colour in a drawing, whatever shade lies on a part of it', () => {
    const patch = drawPatch((x) => (x > 44 ? [142, 112, 150] : SKIN));
    for (const [c, plane] of lidSkin(patch, SKIN, true).entries())
      expect(new Set(plane)).toEqual(new Set([SKIN[c]]));
  });

  it('is shaded as the skin around, though the portrait be taken for a drawing', () => {
    const patch = drawPatch((x, y) => [120 + 0.8 * x + 0.4 * y, 112, 150]);
    const [luma] = lidSkin(patch, SKIN, true);
    expect(luma[32 * SIZE + 48] - luma[32 * SIZE + 16]).toBeGreaterThan(12);
  });
});
