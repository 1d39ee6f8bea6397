import { describe, expect, it } from 'vitest';
import { dropIslands, fillHoles } from '../../../../../src/render/warp/analyse/person/islands.ts';

const SIZE = 64;

/** A person from column 20 to the right, but for what the rectangles say. */
function matte(...rectangles: { x: number; y: number; side: number; share: number }[]): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const inside = rectangles.find((r) => x >= r.x && x < r.x + r.side && y >= r.y && y < r.y + r.side);
    return inside ? inside.share : Number(x >= 20);
  });
}

describe('what hangs together', () => {
  it('is the person: what stands apart from it is cleared', () => {
    const plane = matte({ x: 2, y: 30, side: 8, share: 1 });
    dropIslands(plane, SIZE);
    expect(plane[34 * SIZE + 5]).toBe(0);
    expect(plane[34 * SIZE + 40]).toBe(1);
  });

  it('is the scene: holes that nothing joins to it are closed, others stay', () => {
    const [collar, armpit] = [
      { x: 40, y: 10, side: 8 },
      { x: 18, y: 40, side: 10 },
    ];
    const plane = matte({ ...collar, share: 0 }, { ...armpit, share: 0 });
    const found = matte({ ...collar, share: 0.8 }, { ...armpit, share: 0.8 });
    fillHoles(plane, found, SIZE);
    expect(plane[14 * SIZE + 44]).toBe(1);
    expect(plane[44 * SIZE + 22]).toBe(0);
  });

  it('closes a little hole that may be the person a little', () => {
    const plane = matte({ x: 40, y: 10, side: 2, share: 0 });
    fillHoles(plane, matte({ x: 40, y: 10, side: 2, share: 0.2 }), SIZE);
    expect(plane[11 * SIZE + 41]).toBe(1);
  });

  it('closes what is little and a little transparent, but for soft edges', () => {
    const [button, hair] = [
      { x: 40, y: 10, side: 2, share: 0.65 },
      { x: 18, y: 40, side: 4, share: 0.65 },
    ];
    const plane = matte(button, hair);
    fillHoles(plane, matte(button, hair), SIZE);
    expect(plane[11 * SIZE + 41]).toBe(1);
    expect(plane[41 * SIZE + 20]).toBeCloseTo(0.65, 5);
  });

  it('leaves open what was found to be rather scene, wherever it lies', () => {
    const hole = { x: 40, y: 10, side: 8 };
    const plane = matte({ ...hole, share: 0 });
    fillHoles(plane, matte({ ...hole, share: 0.25 }), SIZE);
    expect(plane[14 * SIZE + 44]).toBe(0);
  });
});
