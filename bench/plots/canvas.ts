/** The little of SVG that the plots need. */
import { mkdir, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { RESULTS_FOLDER } from '../report.ts';

/** Plots go here, beside the results: pictures of voices that are not ours to publish stay out of the repository. */
export const PLOT_FOLDER = `${RESULTS_FOLDER}plots/`;

export const COLOURS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2'];

/** One strip of a page: seconds run from left to right, values from bottom to top. */
export interface Strip {
  left: number;
  top: number;
  width: number;
  height: number;
  fromS: number;
  toS: number;
  low: number;
  high: number;
}

const xOf = (strip: Strip, seconds: number) =>
  strip.left + (strip.width * (seconds - strip.fromS)) / (strip.toS - strip.fromS);
const yOf = (strip: Strip, value: number) =>
  strip.top + strip.height * (1 - (value - strip.low) / (strip.high - strip.low));

/** A curve of motion frames; frame n stands at the middle of its 40 ms. */
export function line(strip: Strip, values: ArrayLike<number>, colour: string, width = 1.5): string {
  const points = Array.from(values, (value, frame) => ({ atS: (frame + 0.5) / 25, value }));
  return timeLine(strip, points, colour, width);
}

/** A curve of values at any times. */
export function timeLine(
  strip: Strip,
  values: readonly { atS: number; value: number }[],
  colour: string,
  width = 1.5,
): string {
  const points = values
    .filter(({ atS }) => atS >= strip.fromS && atS <= strip.toS)
    .map(({ atS, value }) => `${xOf(strip, atS).toFixed(1)},${yOf(strip, value).toFixed(1)}`);
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

export function level(strip: Strip, value: number, colour: string): string {
  const y = yOf(strip, value).toFixed(1);
  const right = strip.left + strip.width;
  return `<line x1="${strip.left}" x2="${right}" y1="${y}" y2="${y}" stroke="${colour}" stroke-dasharray="4 4"/>`;
}

export function span(strip: Strip, fromS: number, toS: number, fill: string, opacity: number): string {
  const [left, right] = [xOf(strip, fromS), xOf(strip, toS)];
  const width = Math.max(0.5, right - left).toFixed(1);
  return `<rect x="${left.toFixed(1)}" y="${strip.top}" width="${width}" height="${strip.height}" fill="${fill}" opacity="${opacity}"/>`;
}

export function text(
  x: number,
  y: number,
  words: string,
  options: { size?: number; fill?: string; anchor?: string } = {},
) {
  const { size = 12, fill = '#111', anchor = 'start' } = options;
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="sans-serif" font-size="${size}" fill="${fill}" text-anchor="${anchor}">${safe}</text>`;
}

/** Words in the middle of a span of time, at `y`. */
export function label(
  strip: Strip,
  fromS: number,
  toS: number,
  y: number,
  words: string,
  fill = '#111',
): string {
  return text(xOf(strip, (fromS + toS) / 2), y, words, { size: 10, fill, anchor: 'middle' });
}

/** Frame, ticks each second and the bounds of the values. */
export function axes(strip: Strip, title: string): string {
  const { left, top, width, height, fromS, toS, low, high } = strip;
  const bottom = top + height;
  const parts = [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#999"/>`,
    text(left, top - 5, title, { size: 13 }),
    text(left - 6, top + 10, String(high), { size: 10, anchor: 'end' }),
    text(left - 6, bottom, String(low), { size: 10, anchor: 'end' }),
  ];
  const every = Math.max(1, Math.round((toS - fromS) / 20));
  for (let second = Math.ceil(fromS); second <= toS; second += every) {
    const x = xOf(strip, second);
    parts.push(`<line x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}" stroke="#999"/>`);
    parts.push(text(x, bottom + 15, `${second} s`, { size: 10, anchor: 'middle' }));
  }
  return parts.join('');
}

/** Writes a PNG of the page into the folder of plots; returns its file. */
export async function writePage(
  name: string,
  width: number,
  height: number,
  parts: readonly string[],
): Promise<string> {
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>`;
  await mkdir(PLOT_FOLDER, { recursive: true });
  const file = `${PLOT_FOLDER}${name}.png`;
  await writeFile(file, await sharp(Buffer.from(page)).png().toBuffer());
  return file;
}
