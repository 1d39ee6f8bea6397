import sharp from 'sharp';
import { yuvToRgb } from '../image/colour.ts';
import type { Rig } from '../render/warp/rig.ts';

const PREVIEW_PIXELS = 256;

/** The portrait's view as a JPEG thumbnail: the person over the background. */
export async function makePreview(rig: Rig): Promise<Uint8Array> {
  const { size, person, background, matte } = rig;
  const rgb = new Uint8ClampedArray(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const c = (y >> 1) * (size / 2) + (x >> 1);
      const alpha = matte[i] / 255;
      const mix = (a: number, b: number) => alpha * a + (1 - alpha) * b;
      rgb.set(
        yuvToRgb(
          mix(person.y[i], background.y[i]),
          mix(person.u[c], background.u[c]),
          mix(person.v[c], background.v[c]),
        ),
        3 * i,
      );
    }
  }
  const raw = { width: size, height: size, channels: 3 as const };
  return new Uint8Array(await sharp(rgb, { raw }).resize(PREVIEW_PIXELS).jpeg({ quality: 84 }).toBuffer());
}
