import sharp from 'sharp';
import { spectrumAt } from '../fft.ts';

const RATE_HZ = 16000;
const WINDOW = 512;
const HOP = 80;
const TOP_HZ = 5000;
const RANGE_DB = 60;

/** The spectrogram of a voice at 16 kHz up to 5 kHz, as an SVG image that fills a rectangle. */
export async function spectrogram(
  voice: Float32Array,
  place: { left: number; top: number; width: number; height: number },
): Promise<string> {
  const columns = Math.max(1, Math.floor(voice.length / HOP));
  const rows = Math.round((TOP_HZ / RATE_HZ) * WINDOW);
  const decibels = new Float64Array(columns * rows);
  for (let column = 0; column < columns; column++) {
    const { real, imaginary } = spectrumAt(voice, column * HOP, WINDOW);
    for (let row = 0; row < rows; row++) {
      // High frequencies are weaker by 6 dB an octave: lifted, so that s and f can be seen.
      const power = (real[row] ** 2 + imaginary[row] ** 2) * (1 + row / 8) ** 2;
      decibels[(rows - 1 - row) * columns + column] = 10 * Math.log10(power + 1e-10);
    }
  }
  const loudest = decibels.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const grey = Uint8Array.from(decibels, (value) =>
    Math.round(255 * (1 - Math.max(0, Math.min(1, 1 + (value - loudest) / RANGE_DB)))),
  );
  const png = await sharp(grey, { raw: { width: columns, height: rows, channels: 1 } })
    .png()
    .toBuffer();
  const { left, top, width, height } = place;
  return `<image x="${left}" y="${top}" width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/png;base64,${png.toString('base64')}"/>`;
}
