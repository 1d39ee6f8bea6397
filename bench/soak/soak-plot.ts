import { COLOURS, text, writePage } from '../plots/canvas.ts';

const [WIDTH, HEIGHT, MARGIN] = [1000, 240, 60];

export interface SoakCurves {
  /** Points [seconds, value] by title, each with a scale of its own from 0. */
  curves: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** What went wrong on purpose, and when. */
  faults: readonly { seconds: number; what: string }[];
}

/** Memory and voice against picture over the real-time part, with the faults as lines; @returns its file. */
export function plotSoak({ curves, faults }: SoakCurves): Promise<string> {
  const panels = Object.entries(curves);
  const furthest = Math.max(1, ...panels.flatMap(([, points]) => points.map(([x]) => x)));
  const xOf = (x: number) => MARGIN + ((WIDTH - 2 * MARGIN) * x) / furthest;
  const bottomOf = (panel: number) => (panel + 1) * HEIGHT - MARGIN / 2;
  const parts = faults.map(({ seconds }) => {
    const x = xOf(seconds).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="20" y2="${bottomOf(panels.length - 1)}" stroke="#d99" stroke-dasharray="4 4"/>`;
  });
  panels.forEach(([title, points], panel) => {
    const [bottom, colour] = [bottomOf(panel), COLOURS[panel]];
    const top = Math.max(1e-9, ...points.map(([, y]) => Math.abs(y))) * 1.1;
    const yOf = (y: number) => bottom - ((HEIGHT - MARGIN) * Math.abs(y)) / top;
    const at = points.map(([x, y]) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`);
    parts.push(
      `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      `<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${bottom}" y2="${bottom}" stroke="#999"/>`,
      text(MARGIN, bottom - HEIGHT + MARGIN - 8, title, { fill: colour, size: 14 }),
      text(MARGIN - 6, yOf(top / 1.1) + 4, (top / 1.1).toFixed(0), { anchor: 'end', size: 10 }),
      text(MARGIN - 6, bottom, '0', { anchor: 'end', size: 10 }),
    );
  });
  const first = panels.length * HEIGHT + 10;
  parts.push(text(WIDTH / 2, first, 'seconds', { anchor: 'middle' }));
  for (let x = 0; x <= furthest; x += 600)
    parts.push(text(xOf(x), first - 24, String(x), { anchor: 'middle', size: 10 }));
  faults.forEach(({ seconds, what }, i) => {
    parts.push(text(MARGIN, first + 20 + 15 * i, `${seconds} s: ${what}`, { size: 11 }));
  });
  return writePage('soak', WIDTH, first + 30 + 15 * faults.length, parts);
}
