import { describe, expect, it } from 'vitest';
import type { ColourPlanes } from '../../../../../src/image/planes.ts';
import { paintTeethInLips } from '../../../../../src/render/warp/analyse/mouth/teeth-in-lips.ts';
import { colourAt as at, LIPS, SIZE, SKIN, smile, TEETH } from '../smile.ts';

describe('paintTeethInLips', () => {
  const lowTooth = (x: number, y: number) => x > 0.04 && x < 0.1 && y > 0 && y < 0.06;

  it("paints teeth below the mesh's inner lip in the lips' colour", () => {
    const { picture, landmarks } = smile(0.06, lowTooth);
    expect(at(picture.channels, 0.07, 0.05)).toEqual(TEETH);
    const { channels } = paintTeethInLips(picture, landmarks);
    at(channels, 0.07, 0.05).forEach((value, c) => {
      expect(Math.abs(value - LIPS[c])).toBeLessThan(6);
    });
    // Lips and skin stay; so does what shines on the lips without touching the teeth.
    expect(at(channels, -0.07, 0.06)).toEqual(LIPS);
    expect(at(channels, 0, 0.15)).toEqual(SKIN);
  });

  it('keeps a highlight on the lips', () => {
    const { picture, landmarks } = smile(0.06, (x, y) => Math.hypot(x + 0.05, y - 0.065) < 0.012);
    expect(at(paintTeethInLips(picture, landmarks).channels, -0.05, 0.065)).toEqual(TEETH);
  });

  it('leaves the shaded part of red lips, which no gap is as red as', () => {
    const inShade = [16 + 0.4 * (LIPS[0] - 16), ...[1, 2].map((c) => 128 + 0.85 * (LIPS[c] - 128))];
    const { picture, landmarks } = smile(0.06, lowTooth);
    picture.channels.forEach((plane, c) => {
      plane.forEach((_, i) => {
        const [x, y] = [((i % SIZE) + 0.5) / SIZE - 0.5, (Math.floor(i / SIZE) + 0.5) / SIZE - 0.5];
        if (lowTooth(x, y)) plane[i] = inShade[c];
      });
    });
    const { channels } = paintTeethInLips(picture, landmarks);
    at(channels, 0.07, 0.05).forEach((value, c) => {
      expect(Math.abs(value - inShade[c])).toBeLessThan(1);
    });
  });

  const paint = (picture: ColourPlanes, colour: readonly number[], is: (x: number, y: number) => boolean) => {
    picture.channels.forEach((plane, c) => {
      plane.forEach((_, i) => {
        const [x, y] = [((i % SIZE) + 0.5) / SIZE - 0.5, (Math.floor(i / SIZE) + 0.5) / SIZE - 0.5];
        if (is(x, y)) plane[i] = colour[c];
      });
    });
  };

  it("paints the mouth's dark that goes on beyond the mesh's corner", () => {
    const { picture, landmarks } = smile(0.06, () => false);
    paint(picture, [40, 126, 132], (x, y) => x > 0.17 && x < 0.222 && Math.abs(y) < 0.012);
    expect(at(picture.channels, 0.212, 0)[0]).toBe(40);
    expect(at(paintTeethInLips(picture, landmarks).channels, 0.212, 0)[0]).toBeGreaterThan(90);
  });

  it('leaves skin that the mesh takes for a painted lip', () => {
    const { picture, landmarks } = smile(0.06, () => false);
    paint(picture, SKIN, lowTooth);
    expect(at(paintTeethInLips(picture, landmarks).channels, 0.07, 0.045)).toEqual(SKIN);
  });

  it('leaves shut mouths as they are', () => {
    const shut = smile(0.01, () => false);
    expect(paintTeethInLips(shut.picture, shut.landmarks).channels).toBe(shut.picture.channels);
  });

  it('tells teeth by their brightness in a grey portrait, and leaves what is dark on its lips', () => {
    const grey = [110, 128, 128];
    const { picture, landmarks } = smile(0.06, lowTooth, grey);
    const beard = Math.floor(0.54 * SIZE) * SIZE + Math.floor(0.45 * SIZE);
    picture.channels[0][beard] = 30;
    const { channels } = paintTeethInLips(picture, landmarks);
    expect(Math.abs(at(channels, 0.07, 0.05)[0] - grey[0])).toBeLessThan(6);
    expect(channels[0][beard]).toBe(30);
  });
});
