/** Copies of a portrait as people bring them: denoised, airbrushed, compressed, enlarged. Whom an analysis knows by skin's grain, it loses here. */
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';

/** Longest side of what is copied, pixels. */
const SIDE = 640;
/** Airbrushing: radius in shares of the picture, and levels within which neighbours are the same skin. */
const BRUSH = 1 / 100;
const BRUSH_LEVELS = 28;
const BRUSH_PASSES = 2;
const ENLARGED_FROM = 128;

const plain = (file: string) => sharp(file).rotate().flatten({ background: '#888' });
const sized = (file: string) =>
  plain(file).resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true });

/** By finish; each returns a file's bytes. */
export const FINISHES: Readonly<Record<string, (file: string) => Promise<Buffer>>> = {
  'as it is': (file) => readFile(file),
  denoised: (file) => sized(file).median(5).png().toBuffer(),
  airbrushed: async (file) => (await airbrushed(sized(file))).png().toBuffer(),
  'JPEG 25': (file) => sized(file).jpeg({ quality: 25 }).toBuffer(),
  'WebP 40': (file) => sized(file).webp({ quality: 40 }).toBuffer(),
  enlarged: async (file) => {
    const small = await plain(file)
      .resize({ width: ENLARGED_FROM, height: ENLARGED_FROM, fit: 'outside' })
      .png()
      .toBuffer();
    return sharp(small).resize({ width: 512, kernel: 'cubic' }).png().toBuffer();
  },
};

/** Blurred wherever neighbours differ little: pores and shades go, edges stay. */
async function airbrushed(picture: Sharp): Promise<Sharp> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let values = Float32Array.from(data);
  const radius = Math.max(2, Math.round(BRUSH * Math.max(info.width, info.height)));
  for (let pass = 0; pass < BRUSH_PASSES; pass++) {
    for (const step of [3, 3 * info.width]) values = blurAlong(values, step, radius);
  }
  return sharp(Uint8Array.from(values, Math.round), { raw: { ...info, channels: 3 } });
}

/** `step`: between neighbours of one channel, in a row or in a column. */
function blurAlong(values: Float32Array, step: number, radius: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value, i) => {
    let [sum, weights] = [0, 0];
    for (let k = -radius; k <= radius; k++) {
      const other = values[i + k * step];
      if (other === undefined) continue;
      const weight = Math.max(0, 1 - Math.abs(other - value) / BRUSH_LEVELS);
      sum += weight * other;
      weights += weight;
    }
    return sum / weights;
  });
}
