/** Portraits with transparent pixels: cut round, or cut out. */
import sharp, { type Sharp } from 'sharp';
import type { RgbaPicture, RgbPicture } from '../contract/rgb-picture.ts';
import { fitShape, isInside, type Shape, shapeIn } from './frame-shape.ts';

/** What a person who was cut out is laid on while the portrait is analysed, RGB. */
export const NEUTRAL = [127, 132, 138] as const;
/** A round picture leaves a fifth of its square transparent; what leaves more is a person without a background. */
const ROUND_SHARE = 0.3;
/** So is what leaves this much, most of it above: a person goes on below. The upper and the lower part are so high. */
const ABOVE_SHARE = 0.04;
const MORE_ABOVE = 3;
const PART = 0.3;
/** Shapes are looked for in so many pixels on the longer side. */
const SHAPE_SIDE = 512;
const KNOWN_GAIN = 8;
/** Alpha from which on a pixel is in the picture. */
const OPAQUE = 128;
/** Pixels. */
const RIM = 2;

/** Whether any pixel of four channels is. */
export function isSeeThrough(data: Uint8Array): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] < OPAQUE) return true;
  return false;
}

/** Whether what is transparent is the ground behind a person, not the corners of a picture. */
export function isCutOut({ width, height, data }: RgbaPicture): boolean {
  const rows = Math.round(PART * height);
  const transparent = (first: number, last: number) => {
    let count = 0;
    for (let i = 4 * first * width + 3; i < 4 * last * width; i += 4) if (data[i] < OPAQUE) count++;
    return count;
  };
  const share = transparent(0, height) / (width * height);
  if (share > ROUND_SHARE) return true;
  return share > ABOVE_SHARE && transparent(0, rows) > MORE_ABOVE * transparent(height - rows, height);
}

/** How opaque each pixel is, as a picture in grey. */
export function opacity({ width, height, data }: RgbaPicture): RgbPicture {
  const result = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) result.fill(data[4 * i + 3], 3 * i, 3 * i + 3);
  return { width, height, data: result };
}

/**
 * Transparent pixels get a ground: corners beyond a round picture the colours that the picture has at its edge (pull
 * and push, coarse to fine), so that nothing round stands or moves behind the head; else a neutral grey.
 */
export async function layOnGround(picture: RgbaPicture): Promise<RgbPicture> {
  return isCutOut(picture) ? over(picture, NEUTRAL) : grown(picture);
}

/** Whatever lies beyond a shape goes on in the colours that the picture has at its edge. */
export async function growBeyond(picture: RgbPicture, shape: Shape): Promise<RgbPicture> {
  const { width, height, data } = picture;
  const cut = new Uint8Array(4 * width * height);
  let beyond = 0;
  for (let i = 0; i < width * height; i++) {
    const within = isInside(shape, (i % width) + 0.5, Math.floor(i / width) + 0.5);
    cut.set([data[3 * i], data[3 * i + 1], data[3 * i + 2], within ? 255 : 0], 4 * i);
    if (!within) beyond++;
  }
  return beyond === 0 ? picture : grown({ width, height, data: cut });
}

/** The shape of a picture that is transparent all around it, in its pixels; undefined where it has none. */
export function shapeOf({ width, height, data }: RgbaPicture): Shape | undefined {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / SHAPE_SIDE));
  const [across, down] = [Math.floor(width / step), Math.floor(height / step)];
  const mask = new Uint8Array(across * down);
  for (let i = 0; i < mask.length; i++) {
    const pixel = Math.floor(i / across) * step * width + (i % across) * step;
    mask[i] = data[4 * pixel + 3] < OPAQUE ? 1 : 0;
  }
  const middle = middleOf(mask, across);
  const shape = middle && fitShape({ mask, width: across, height: down }, middle);
  return shape && shapeIn(shape, { left: 0, top: 0, width, height }, step);
}

/** Of what a mask leaves. */
function middleOf(mask: Uint8Array, width: number): [number, number] | undefined {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]) continue;
    x += i % width;
    y += Math.floor(i / width);
    count++;
  }
  return count > 0 ? [x / count, y / count] : undefined;
}

async function grown(picture: RgbaPicture): Promise<RgbPicture> {
  const { width, height } = picture;
  const opaque = withoutRim(picture);
  const whole = () => sharp(opaque, { raw: { width, height, channels: 4 } });
  let ground = over(await reduced(whole(), 1, 1), NEUTRAL);
  for (let side = 2; side < Math.max(width, height); side *= 2) {
    const level = await reduced(whole(), Math.min(side, width), Math.min(side, height));
    // A little of the picture is enough to know its colour there.
    for (let i = 3; i < level.data.length; i += 4) level.data[i] = Math.min(255, KNOWN_GAIN * level.data[i]);
    ground = over(level, await enlarged(ground, level.width, level.height));
  }
  return over({ width, height, data: opaque }, await enlarged(ground, width, height));
}

/**
 * Each pixel is in or out. A rim has the colours of what the picture once was laid on, also a little farther in than
 * it is transparent: it is out.
 */
function withoutRim({ width, height, data }: RgbaPicture): Uint8Array {
  const result = data.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let least = 255;
      for (let j = Math.max(0, y - RIM); j <= Math.min(height - 1, y + RIM); j++) {
        for (let i = Math.max(0, x - RIM); i <= Math.min(width - 1, x + RIM); i++) {
          least = Math.min(least, data[4 * (j * width + i) + 3]);
        }
      }
      result[4 * (y * width + x) + 3] = least < OPAQUE ? 0 : 255;
    }
  }
  return result;
}

async function reduced(image: Sharp, width: number, height: number): Promise<RgbaPicture> {
  // Colours are averaged by their opacity.
  const data = await image.resize(width, height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return { width, height, data: new Uint8Array(data) };
}

async function enlarged({ width, height, data }: RgbPicture, toWidth: number, toHeight: number) {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(
    await image.resize(toWidth, toHeight, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer(),
  );
}

/** `ground`: one colour, or as many pixels. */
function over({ width, height, data }: RgbaPicture, ground: ArrayLike<number>): RgbPicture {
  const result = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) {
      const below = ground[ground.length === 3 ? c : 3 * i + c];
      result[3 * i + c] = Math.round(alpha * data[4 * i + c] + (1 - alpha) * below);
    }
  }
  return { width, height, data: result };
}
