import { afterEach, describe, expect, it } from 'vitest';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { PictureScaler } from '../../src/media/picture-scaler.ts';
import { scaledPicture } from '../support/scaled-picture.ts';
import { movingPicture } from '../support/test-picture.ts';

const owned: PictureScaler[] = [];
afterEach(() => {
  for (const scaler of owned.splice(0)) scaler.close();
});

function scaler(width: number, height: number): PictureScaler {
  const made = new PictureScaler(width, height);
  owned.push(made);
  return made;
}

describe('PictureScaler', () => {
  it.each([
    [512, 512, 384, 384],
    [512, 512, 256, 256],
    [1080, 1920, 544, 960],
    [1920, 1080, 1440, 816],
    [528, 272, 400, 208],
    [256, 512, 192, 384],
  ])('%i×%i → %i×%i is the same picture', (width, height, toWidth, toHeight) => {
    const source = movingPicture(width, height, 3);
    source.data.subarray(width * height).forEach((_, i, chroma) => {
      const [x, y] = [i % (width / 2), Math.floor(i / (width / 2))];
      chroma[i] = 128 + 100 * Math.sin(x / 20) * Math.cos(y / 15);
    });
    const scaled = scaler(toWidth, toHeight).scale(source);
    expect([scaled.width, scaled.height]).toEqual([toWidth, toHeight]);
    const expected = scaledPicture(source, toWidth, toHeight);
    const luma = toWidth * toHeight;
    for (const [from, to] of [
      [0, luma],
      [luma, (luma * 5) / 4],
      [(luma * 5) / 4, (luma * 3) / 2],
    ]) {
      expect(meanDifference(scaled, expected, from, to)).toBeLessThan(1);
    }
  });

  it('keeps flat colours, and gradients in place', () => {
    const source = createI420(512, 512);
    for (let i = 0; i < 512 * 512; i++) source.data[i] = (i % 512) >> 1;
    source.data.fill(90, 512 * 512);
    const target = scaler(384, 384).scale(source);
    for (const x of [1, 100, 250, 382])
      expect(Math.abs(target.data[200 * 384 + x] - ((x + 0.5) * 512) / 384 / 2)).toBeLessThan(1.1);
    expect(target.data.subarray(384 * 384).every((value) => value === 90)).toBe(true);
  });

  it('takes pictures of another size from one to the next', () => {
    const one = scaler(256, 256);
    const expected = [...one.scale(movingPicture(512, 512, 5)).data];
    one.scale(movingPicture(384, 384, 5));
    expect([...one.scale(movingPicture(512, 512, 5)).data]).toEqual(expected);
    one.close();
    one.close();
  });
});

function meanDifference(a: I420, b: I420, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / (to - from);
}
