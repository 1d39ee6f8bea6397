import { describe, expect, it } from 'vitest';
import { EAR, LANDMARK_COUNT } from '../../../../src/face/topology.ts';
import { BodyBeyondSides } from '../../../../src/render/warp/pixels/body-beyond-sides.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';

const SIZE = 200;
type Shape = (x: number, y: number) => boolean;

function body(shape: Shape, faceHeight = 0.5): BodyBeyondSides {
  const matte = Float32Array.from({ length: SIZE ** 2 }, (_, i) =>
    Number(shape(((i % SIZE) + 0.5) / SIZE, (Math.floor(i / SIZE) + 0.5) / SIZE)),
  );
  const portrait = new Float32Array(3 * LANDMARK_COUNT);
  portrait[3 * EAR.right] = 0.35;
  portrait[3 * EAR.left] = 0.65;
  return new BodyBeyondSides({ portrait, faceHeight } as Rig, matte, SIZE);
}

/** First row from above in which somebody is, view fractions; 1 where nobody is. */
function top(of: BodyBeyondSides, x: number): number {
  for (let row = 0; row < SIZE; row++) if (of.locate(x, (row + 0.5) / SIZE)) return row / SIZE;
  return 1;
}

describe('body beyond the sides', () => {
  const shoulders = body((x, y) => y > 0.6 + 0.4 * Math.abs(x - 0.5));

  it('goes on along the slope of the shoulders', () => {
    for (const x of [-0.005, 1.005]) expect(Math.abs(top(shoulders, x) - 0.8)).toBeLessThan(0.02);
  });

  it('falls to the sides, and ends where arms do', () => {
    const tops = [0.01, 0.03, 0.06, 0.1, 0.14].map((aside) => top(shoulders, -aside));
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
    // 1.3 face heights from the middle of the face.
    expect(top(shoulders, -0.155)).toBe(1);
    expect(shoulders.reach(0)).toBeCloseTo(0.162, 3);
  });

  it('shows what lies as far below the outline next to the edge', () => {
    expect(shoulders.locate(-0.05, 0.98)).toBe(true);
    expect(shoulders.x).toBeGreaterThan(0);
    expect(shoulders.x).toBeLessThan(0.1);
    expect(shoulders.y).toBeGreaterThan(0.79);
    expect(shoulders.y).toBeLessThan(1);
  });

  it('is nothing where the sides cut nobody off', () => {
    const island = body((x, y) => Math.abs(x - 0.5) < 0.4 && y > 0.3);
    expect([island.reach(0), island.reach(1)]).toEqual([0, 0]);
    expect(island.locate(-0.01, 0.9)).toBe(false);
  });

  it('closes hair that is cut off to an arch', () => {
    const hair = body((x, y) => x < 0.3 && y > 0.2 && y < 0.5);
    expect(hair.locate(-0.01, 0.35)).toBe(true);
    expect(hair.locate(-0.04, 0.22)).toBe(false);
    expect(hair.locate(-0.07, 0.35)).toBe(false);
    expect(hair.reach(0)).toBeCloseTo(0.072, 3);
  });
});
