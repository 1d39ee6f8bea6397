import { createI420, type I420 } from '../../src/image/i420.ts';

/** A picture with texture and motion: what encoders find neither trivial nor impossible. */
export function movingPicture(width: number, height: number, frame: number): I420 {
  const picture = createI420(width, height);
  const { data } = picture;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = 60 * Math.sin((x + frame * 3) / 20) * Math.cos((y - frame) / 31);
      data[y * width + x] = 126 + wave + ((x * 31 + y * 17) % 7);
    }
  }
  const quarter = (width * height) / 4;
  data.fill(110, quarter * 4, quarter * 5);
  data.fill(150, quarter * 5, quarter * 6);
  return picture;
}

/** Peak signal-to-noise ratio of the luma planes, dB. */
export function lumaPsnr(a: I420, b: I420): number {
  const count = a.width * a.height;
  return psnr(a.data.subarray(0, count), b.data.subarray(0, count));
}

/** Of any samples of 8 bits, dB. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / sum);
}
