import { describe, expect, it } from 'vitest';
import { takeOwnTeeth } from '../../../../../src/render/warp/analyse/mouth/own-teeth.ts';
import { paintTeethInLips } from '../../../../../src/render/warp/analyse/mouth/teeth-in-lips.ts';
import { LIPS, SIZE, smile, TEETH } from '../smile.ts';

function teethOf({ picture, landmarks }: ReturnType<typeof smile>) {
  return takeOwnTeeth(picture, paintTeethInLips(picture, landmarks), landmarks, LIPS);
}

describe('takeOwnTeeth', () => {
  const { texels, size, origin, extent } = teethOf(smile(0.08, () => false))!;
  /** Y, U, V and opacity at a place from the middle of the picture. */
  const at = (x: number, y: number) => {
    const texel = (along: number, axis: number) => Math.floor(((0.5 + along - origin[axis]) / extent) * size);
    const i = 4 * (texel(y, 1) * size + texel(x, 0));
    return [...texels.subarray(i, i + 4)];
  };

  it('cuts them out where the picture shows them', () => {
    for (const x of [-0.1, 0, 0.1]) expect(at(x, 0)).toEqual([...TEETH, 255]);
  });

  it('shows nothing beyond the lips, and the picture itself up to there', () => {
    expect(at(0, 0.07)[3]).toBe(0);
    for (let y = 0; y < 0.07; y += 0.5 / SIZE) {
      const [luma, u, v, opacity] = at(0, y);
      if (opacity > 0) expect([TEETH, LIPS]).toContainEqual([luma, u, v]);
      if (opacity === 255) expect([luma, u, v]).toEqual(TEETH);
    }
  });

  it('finds none in a shut mouth, nor in one that is dark or red', () => {
    expect(teethOf(smile(0.01, () => false))).toBeUndefined();
    for (const inside of [
      [25, 126, 134],
      [LIPS[0] - 15, 112, 165],
    ]) {
      const laughing = smile(0.12, () => false);
      laughing.picture.channels.forEach((plane, c) => {
        plane.forEach((value, i) => {
          if (laughing.picture.channels[0][i] === TEETH[0] || value === TEETH[c]) plane[i] = inside[c];
        });
      });
      expect(teethOf(laughing)).toBeUndefined();
    }
  });

  it('finds teeth that are no brighter than the lips, but paler', () => {
    const pale = smile(0.12, () => false);
    const colour = [LIPS[0] + 1, 128 + 0.4 * (LIPS[1] - 128), 128 + 0.4 * (LIPS[2] - 128)];
    const isTooth = pale.picture.channels[0].map((value) => (value === TEETH[0] ? 1 : 0));
    pale.picture.channels.forEach((plane, c) => {
      for (let i = 0; i < plane.length; i++) if (isTooth[i]) plane[i] = colour[c];
    });
    expect(teethOf(pale)).toBeDefined();
  });

  it('takes no dark gap below upper teeth along with them', () => {
    const open = smile(0.16, () => false);
    for (let y = Math.floor(0.51 * SIZE); y < 0.6 * SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const i = y * SIZE + x;
        if (open.picture.channels[0][i] === TEETH[0]) {
          open.picture.channels.forEach((plane, c) => {
            plane[i] = [25, 126, 134][c];
          });
        }
      }
    }
    expect(teethOf(open)).toBeUndefined();
  });
});
