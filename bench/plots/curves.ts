import { COLOURS, text, writePage } from './canvas.ts';

const [WIDTH, HEIGHT, MARGIN] = [800, 320, 60];

/**
 * Curves over one axis, each in a panel with its own scale from 0, as a PNG in the folder of plots.
 * @param curves points [x, y] by title
 * @returns its file
 */
export function plotCurves(
  name: string,
  xTitle: string,
  curves: Readonly<Record<string, readonly (readonly [number, number])[]>>,
): Promise<string> {
  const parts: string[] = [];
  const panels = Object.entries(curves);
  const furthest = Math.max(1, ...panels.flatMap(([, points]) => points.map(([x]) => x)));
  const xOf = (x: number) => MARGIN + ((WIDTH - 2 * MARGIN) * x) / furthest;
  panels.forEach(([title, points], panel) => {
    const bottom = (panel + 1) * HEIGHT - MARGIN / 2;
    const top = Math.max(1e-9, ...points.map(([, y]) => y)) * 1.1;
    const yOf = (y: number) => bottom - ((HEIGHT - MARGIN) * y) / top;
    const at = points.map(([x, y]) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`);
    const colour = COLOURS[panel];
    parts.push(
      `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${bottom}" y2="${bottom}" stroke="#999"/>`,
      text(MARGIN, bottom - HEIGHT + MARGIN - 8, title, { fill: colour, size: 14 }),
    );
    for (const [x, y] of points) {
      parts.push(`<circle cx="${xOf(x)}" cy="${yOf(y)}" r="3" fill="${colour}"/>`);
      parts.push(text(xOf(x), yOf(y) - 8, y.toFixed(2), { anchor: 'middle', size: 10 }));
      parts.push(text(xOf(x), bottom + 14, String(x), { anchor: 'middle', size: 10 }));
    }
  });
  const height = panels.length * HEIGHT + 10;
  parts.push(text(WIDTH / 2, height - 2, xTitle, { anchor: 'middle' }));
  return writePage(name, WIDTH, height, parts);
}
