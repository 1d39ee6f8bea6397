import { COLOURS, text, writePage } from './canvas.ts';

const WIDTH = 1000;
const MARGIN = 70;
const BIN_HEIGHT = 360;

/**
 * Histograms of several series over one axis, as a PNG in the folder of plots.
 * @returns its file
 */
export function plotHistograms(
  name: string,
  unit: string,
  series: ReadonlyMap<string, readonly number[]>,
  bins = 100,
): Promise<string> {
  const all = [...series.values()].flat();
  const low = Math.floor(Math.min(...all) / 10) * 10;
  const high = Math.ceil(Math.max(...all) / 10) * 10 + 1;
  const binWidth = (high - low) / bins;
  const bottom = MARGIN + BIN_HEIGHT;
  const xOf = (value: number) => MARGIN + ((WIDTH - 2 * MARGIN) * (value - low)) / (high - low);
  const parts: string[] = [];
  [...series].forEach(([label, values], i) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / binWidth))]++;
    const bars = counts.map((count, bin) => {
      const height = (BIN_HEIGHT * count) / Math.max(...counts);
      const width = xOf(low + binWidth) - xOf(low);
      return `<rect x="${xOf(low + bin * binWidth).toFixed(1)}" y="${(bottom - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
    });
    parts.push(`<g fill="${COLOURS[i]}" fill-opacity="0.6">${bars.join('')}</g>`);
    parts.push(text(MARGIN, 20 + 16 * i, `${label} (${values.length})`, { fill: COLOURS[i] }));
  });
  parts.push(`<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${bottom}" y2="${bottom}" stroke="#999"/>`);
  const every = Math.max(10, Math.round((high - low) / 150) * 10);
  for (let tick = low; tick <= high; tick += every) {
    parts.push(text(xOf(tick), bottom + 18, `${tick} ${unit}`, { anchor: 'middle' }));
  }
  return writePage(name, WIDTH, bottom + 40, parts);
}
